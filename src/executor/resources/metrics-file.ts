import { join } from 'node:path';
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { replaceFile } from '../../proc/replace-file.ts';
import type { Companion } from '../companion.ts';

/** Name of the file in the run directory, where operators and the observer find it. */
const FILE = 'executor-metrics.json';
const INTERVAL_MS = 60_000;

interface MetricsOptions {
  readonly runDirectory: string;
  /** Reads the current numbers, under the original's names. */
  readonly read: () => Readonly<Record<string, number>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Writes the executor's metrics once a minute. Nobody depends on them, so a fault is only logged, once until it is
 * over.
 */
export function metricsFile({ runDirectory, read, clock, log }: MetricsOptions): Companion {
  let timer: Timer | undefined;
  let failed = false;
  const write = () => {
    try {
      const sampledMs = clock.nowMs();
      replaceFile(join(runDirectory, FILE), `${JSON.stringify({ timestamp_ms: sampledMs, ...read() })}\n`);
      failed = false;
    } catch (error) {
      if (!failed) log.warn({ error: messageOf(error) }, 'the metrics could not be written');
      failed = true;
    }
    timer = clock.after(INTERVAL_MS, write);
  };
  return {
    name: 'metrics',
    gate: false,
    start: () => {},
    running: write,
    stop: () => timer?.cancel(),
  };
}
