import { timerQueue } from '../../../base/timer-queue.ts';
import { killRetry } from './kill-retry.ts';
import { partitionDelay } from './partition-delay.ts';
import { throttler } from './throttler.ts';
import { startingTimeout, transientTimeout } from './transient-timeout.ts';
import { type WatchdogContext, watch } from './watch.ts';

/** Names and defaults are those of the flags. */
export interface WatchdogSettings {
  readonly transientTaskStateTimeoutMs: number;
  readonly startingTaskTimeoutMs: number;
  readonly initialTaskKillRetryIntervalMs: number;
}

export interface WatchdogOptions extends Omit<WatchdogContext, 'timers'> {
  readonly settings: WatchdogSettings;
}

/** Starts all watchdogs on the stored tasks; call it when we lead and Mesos knows us. Returns a function that stops them. */
export function startWatchdogs(options: WatchdogOptions): () => void {
  const { transientTaskStateTimeoutMs, startingTaskTimeoutMs, initialTaskKillRetryIntervalMs } =
    options.settings;
  const context: WatchdogContext = { ...options, timers: timerQueue(options.clock) };
  const killLimits = {
    initialMs: initialTaskKillRetryIntervalMs,
    maxMs: Math.max(initialTaskKillRetryIntervalMs, transientTaskStateTimeoutMs),
  };
  const stops = [
    transientTimeout(context, transientTaskStateTimeoutMs),
    startingTimeout(context, startingTaskTimeoutMs),
    killRetry(context, killLimits),
    partitionDelay(context),
    throttler(context),
  ].map((watchdog) => watch(context, watchdog));
  return () => {
    for (const stop of stops) stop();
  };
}
