import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Log } from './log/log.ts';

/** When snapshots are taken: at whichever limit is reached first. */
export interface SnapshotPolicy {
  /**
   * After this many bytes of log since the last snapshot, but at least `GROWTH` times the size of the next; default 16 MB.
   */
  readonly logBytes?: number | undefined;
  /** After this time, if anything was written. Source of the default: `dlog_snapshot_interval`, 1 h. */
  readonly intervalMs?: number | undefined;
}

const LOG_BYTES = 16 * 2 ** 20;
const INTERVAL_MS = 3_600_000;
/**
 * A snapshot is compressed to about a quarter. With this factor the records besides it add up to about the size of the
 * state, and snapshots to a fifth of all that is written.
 */
const GROWTH = 4;
/** Pause after a failed snapshot (full disk, for example). */
const PAUSE_AFTER_FAILURE_MS = 60_000;

interface SnapshotScheduleOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly snapshots?: SnapshotPolicy | undefined;
  readonly snapshot: () => Promise<void>;
  /** About the size of a snapshot that would be taken now. */
  readonly snapshotBytes: () => number;
}

export interface SnapshotSchedule {
  /** To be called after each commit: checks the size of the log. */
  committed(): void;
  /** Starts no further snapshot; resolves when the one under way is done. */
  stop(): Promise<void>;
}

/** Takes snapshots in the background; the log alone is always a durable state, so a failed snapshot only costs space. */
export function snapshotSchedule(options: SnapshotScheduleOptions): SnapshotSchedule {
  const { log, clock, logger } = options;
  const { logBytes = LOG_BYTES, intervalMs = INTERVAL_MS } = options.snapshots ?? {};
  let running: Promise<void> | undefined;
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let stopped = false;

  const take = async () => {
    const startedMs = clock.monotonicMs();
    try {
      await options.snapshot();
      logger.info({ ms: Math.round(clock.monotonicMs() - startedMs) }, 'snapshot written, log trimmed');
    } catch (error) {
      if (stopped) return;
      notBeforeMs = clock.monotonicMs() + PAUSE_AFTER_FAILURE_MS;
      logger.error({ error: messageOf(error) }, 'no snapshot could be written; the log keeps growing');
    }
  };
  const begin = () => {
    if (stopped || running || clock.monotonicMs() < notBeforeMs) return;
    running = take().finally(() => {
      running = undefined;
    });
  };
  const arm = () =>
    clock.after(intervalMs, () => {
      if (log.bytesSinceSnapshot() > 0) begin();
      timer = arm();
    });
  let timer = arm();

  return {
    committed() {
      if (log.bytesSinceSnapshot() >= Math.max(logBytes, GROWTH * options.snapshotBytes())) begin();
    },
    async stop() {
      stopped = true;
      timer.cancel();
      await running;
    },
  };
}
