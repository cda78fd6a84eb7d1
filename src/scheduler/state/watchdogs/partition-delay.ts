import { type ScheduledTask, toNumber } from '../../../api/index.ts';
import { type Watchdog, type WatchdogContext, writeIfUnmoved } from './watch.ts';

/**
 * Gives up tasks that stay PARTITIONED longer than their policy allows: at once without a policy, and never if the
 * policy forbids rescheduling. The time counts from the partition, across restarts of the scheduler.
 */
export function partitionDelay(context: WatchdogContext): Watchdog {
  const { clock, state } = context;
  const delayMs = ({ assignedTask, taskEvents }: ScheduledTask) => {
    const policy = assignedTask.task.partitionPolicy;
    if (policy && !policy.reschedule) return undefined;
    const allowedMs = toNumber(policy?.delaySecs ?? 0) * 1_000;
    const elapsedMs = clock.nowMs() - toNumber(taskEvents.at(-1)?.timestamp ?? 0);
    return Math.min(allowedMs, Math.max(0, allowedMs - elapsedMs));
  };
  return {
    statuses: ['PARTITIONED'],
    delayMs,
    due(task) {
      const { taskId } = task.assignedTask;
      writeIfUnmoved(context, task, (tx) => {
        state.changeState(tx, {
          taskId,
          cas: 'PARTITIONED',
          to: 'LOST',
          message: 'Task partitioned for too long.',
        });
      });
      return undefined;
    },
  };
}
