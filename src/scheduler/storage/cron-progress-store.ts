import type { JobKey } from '../../api/index.ts';
import { keyedTable } from './keyed-table.ts';
import { jobKeyText } from './keys.ts';
import type { Stored } from './small-stores.ts';
import { type Gate, OP } from './store-table.ts';

/** What became of a tick of a cron job, or of a run that somebody asked for. */
export interface CronRun {
  /** The instant of the schedule, epoch milliseconds; unset for a run that was asked for. */
  readonly tickMs?: number;
  /** When it was decided, epoch milliseconds. */
  readonly decidedMs: number;
  /**
   * - STARTED: its tasks were created.
   * - WAITING: it is claimed, and the tasks of the run before are being killed.
   * - CANCELLED: the run before still went on, and the job's policy is not to kill it.
   * - IGNORED: a run before it was WAITING.
   * - MISSED: nobody ran it, see `reason`.
   */
  readonly outcome: 'STARTED' | 'WAITING' | 'CANCELLED' | 'IGNORED' | 'MISSED';
  /** Who asked for it; unset for a tick. */
  readonly user?: string;
  readonly reason?: string;
  /** When its tasks were created, epoch milliseconds. */
  readonly startedMs?: number;
  /** How many ticks this stands for, when several were missed; `tickMs` is the last of them. */
  readonly ticks?: number;
}

/** How far a cron job has come. What is written here is decided for good: it is the record that makes a tick run once. */
export interface CronProgress {
  readonly job: JobKey;
  /** Every tick up to this instant has been decided, epoch milliseconds. */
  readonly decidedMs: number;
  /** The run that is claimed and waits; there is at most one. */
  readonly waiting?: CronRun;
  /** The last runs, newest at the end; the one that waits is not among them. */
  readonly runs: readonly CronRun[];
  /** How many ticks nobody ran since the job was scheduled. */
  readonly missed: number;
}

export interface ReadCronProgress {
  get(key: JobKey): CronProgress | undefined;
  all(): Iterable<CronProgress>;
}

export interface WriteCronProgress extends ReadCronProgress {
  save(progress: CronProgress): void;
  delete(key: JobKey): boolean;
}

/** Progress of cron jobs, by job key; JSON, so that it can say more one day. */
export function cronProgressStore(gate: Gate): Stored<WriteCronProgress, CronProgress> {
  const table = keyedTable<CronProgress>({
    gate,
    saveOp: OP.saveCronProgress,
    deleteOp: OP.deleteCronProgress,
    encode: (progress) => Buffer.from(JSON.stringify(progress)),
    decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()) as CronProgress,
  });
  return {
    table,
    store: {
      get: (key) => table.values.get(jobKeyText(key)),
      all: () => table.values.values(),
      save: (progress) => table.save(jobKeyText(progress.job), progress),
      delete: (key) => table.delete(jobKeyText(key)),
    },
  };
}
