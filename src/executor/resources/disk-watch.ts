import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Companion } from '../companion.ts';

/** Time between two measurements. Source: the original. */
const INTERVAL_MS = 60_000;
/** Time until the first measurement; short, to notice a task that fills the disk at its start. */
const FIRST_MS = 10_000;

interface DiskWatchOptions {
  /** Bytes that the task may use; undefined when it reserves none, and then there is no limit. */
  readonly reservedBytes: number | undefined;
  /** Bytes that it uses now. */
  readonly measure: () => Promise<number>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface DiskWatch extends Companion {
  /** Bytes found by the last measurement, 0 before the first. */
  usedBytes(): number;
}

/** Ends the task when its sandbox takes more disk space than the task has reserved. */
export function diskWatch({ reservedBytes, measure, clock, log }: DiskWatchOptions): DiskWatch {
  let timer: Timer | undefined;
  let stopped = false;
  let used = 0;
  return {
    name: 'disk',
    gate: false,
    start(task) {
      const look = async () => {
        try {
          used = await measure();
        } catch (error) {
          log.warn({ error: messageOf(error) }, 'the sandbox could not be measured');
        }
        if (stopped) return;
        timer = clock.after(INTERVAL_MS, () => void look());
        if (reservedBytes !== undefined && used > reservedBytes)
          task.end({
            kind: 'over disk',
            reason: `the task holds ${used} bytes of the disk, ${reservedBytes} are reserved`,
          });
      };
      timer = clock.after(FIRST_MS, () => void look());
    },
    async leave() {
      stopped = true;
      timer?.cancel();
    },
    stop() {
      stopped = true;
      timer?.cancel();
    },
    usedBytes: () => used,
  };
}
