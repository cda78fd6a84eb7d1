import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Log } from './log/log.ts';

/** When snapshots are taken: whichever comes first. */
export interface SnapshotPolicy {
  /** After this many bytes of log since the last one, and at least as many as the last one had itself. */
  readonly logBytes: number;
  /** After this time, if anything was written. Source of the default: `dlog_snapshot_interval`, 1 h. */
  readonly intervalMs: number;
}

const DEFAULT_POLICY: SnapshotPolicy = { logBytes: 64 * 2 ** 20, intervalMs: 3_600_000 };
/** A snapshot that failed (a full disk) is not tried again at once. */
const PAUSE_AFTER_FAILURE_MS = 60_000;

interface SnapshotScheduleOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly snapshots?: SnapshotPolicy | undefined;
  readonly snapshot: () => Promise<void>;
  /** Size of the last snapshot. */
  readonly snapshotBytes: () => number;
}

export interface SnapshotSchedule {
  /** To be called after each commit: looks at the size of the log. */
  committed(): void;
  /** No snapshot begins after this; resolves when the one under way is done. */
  stop(): Promise<void>;
}

/** Takes snapshots in the background; the log is never without a durable state, so a failure only costs space. */
export function snapshotSchedule(options: SnapshotScheduleOptions): SnapshotSchedule {
  const { log, clock, logger } = options;
  const { logBytes, intervalMs } = options.snapshots ?? DEFAULT_POLICY;
  let running: Promise<void> | undefined;
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let stopped = false;

  const take = async () => {
    const startedMs = clock.monotonicMs();
    try {
      await options.snapshot();
      logger.info({ ms: Math.round(clock.monotonicMs() - startedMs) }, 'snapshot written, log trimmed');
    } catch (error) {
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
      if (log.bytesSinceSnapshot() >= Math.max(logBytes, options.snapshotBytes())) begin();
    },
    async stop() {
      stopped = true;
      timer.cancel();
      await running;
    },
  };
}
