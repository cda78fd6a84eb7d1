import type { Clock } from '../../base/clock.ts';
import type { Counters } from './counters.ts';

/**
 * Wraps a clock so that its timers are counted. Source of the names: the original's AsyncModule, whose delayed work
 * they are.
 */
export function countedTimers(clock: Clock, counters: Pick<Counters, 'add' | 'gauge'>): Clock {
  let waiting = 0;
  counters.gauge('timeout_queue_size', () => waiting);
  return {
    nowMs: clock.nowMs,
    monotonicMs: clock.monotonicMs,
    ...(clock.busyMs ? { busyMs: clock.busyMs } : {}),
    after(delayMs, task) {
      let waits = true;
      const ended = () => {
        if (waits) waiting--;
        waits = false;
      };
      waiting++;
      const timer = clock.after(delayMs, () => {
        ended();
        counters.add('async_tasks_completed');
        try {
          task();
        } catch (error) {
          counters.add('async_executor_uncaught_exceptions');
          throw error;
        }
      });
      return {
        cancel() {
          ended();
          timer.cancel();
        },
      };
    },
  };
}
