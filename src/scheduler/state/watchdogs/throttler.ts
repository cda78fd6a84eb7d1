import { toNumber } from '../../../api/index.ts';
import { penaltyOfMs } from '../flapping.ts';
import { type Watchdog, type WatchdogContext, writeIfUnmoved } from './watch.ts';

/** Moves THROTTLED tasks to PENDING after the penalty in their event, counted across restarts. */
export function throttler(context: WatchdogContext): Watchdog {
  const { clock, counters, state } = context;
  return {
    statuses: ['THROTTLED'],
    delayMs(task) {
      const penaltyMs = penaltyOfMs(task);
      const servedMs = clock.nowMs() - toNumber(task.taskEvents.at(-1)?.timestamp ?? 0);
      const leftMs = Math.min(penaltyMs, Math.max(0, penaltyMs - servedMs));
      counters.measure('task_throttle', leftMs);
      return leftMs;
    },
    due(task) {
      const { taskId } = task.assignedTask;
      writeIfUnmoved(context, task, (tx) => {
        state.changeState(tx, { taskId, cas: 'THROTTLED', to: 'PENDING' });
      });
      return undefined;
    },
  };
}
