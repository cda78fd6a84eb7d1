import type { JobKey } from '../../api/index.ts';
import { keyedTable } from './keyed-table.ts';
import { jobKeyText } from './keys.ts';
import type { Stored } from './small-stores.ts';
import { type Gate, OP } from './store-table.ts';

/** What became of one tick of a cron job, or of a run that a user started. */
export interface CronRun {
  /** The scheduled time of the tick, epoch milliseconds; unset for a run that a user started. */
  readonly tickMs?: number;
  /** When the outcome was decided, epoch milliseconds. */
  readonly decidedMs: number;
  /**
   * - STARTED: its tasks were created.
   * - WAITING: the run is claimed, and waits until the tasks of the previous run are killed.
   * - CANCELLED: the previous run was still going on, and the job's policy is not to kill it.
   * - IGNORED: an earlier run was WAITING.
   * - MISSED: nothing ran the tick, see `reason`.
   */
  readonly outcome: 'STARTED' | 'WAITING' | 'CANCELLED' | 'IGNORED' | 'MISSED';
  /** Who started it; unset for a tick. */
  readonly user?: string;
  readonly reason?: string;
  /** When its tasks were created, epoch milliseconds. */
  readonly startedMs?: number;
  /** How many ticks this entry stands for, when several were missed; `tickMs` is the last of them. */
  readonly ticks?: number;
}

/** Which ticks of a cron job have been decided. What is written here is final: this record makes a tick run only once. */
export interface CronProgress {
  readonly job: JobKey;
  /** Every tick up to this instant has been decided, epoch milliseconds. */
  readonly decidedMs: number;
  /** The claimed run that is waiting; there is at most one. */
  readonly waiting?: CronRun;
  /** The latest runs, newest last; without the waiting one. */
  readonly runs: readonly CronRun[];
  /** How many ticks were missed since the job was scheduled. */
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

/** Progress of cron jobs, by job key; stored as JSON, so that fields can be added later. */
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
