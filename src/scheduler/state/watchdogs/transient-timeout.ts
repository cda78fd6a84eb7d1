import type { ScheduledTask, ScheduleStatus } from '../../../api/index.ts';
import type { WriteTransaction } from '../../storage/index.ts';
import { type Watchdog, type WatchdogContext, writeIfUnmoved } from './watch.ts';

/** Statuses that a task only passes through; if it stays in one, a message was lost. */
const TRANSIENT: readonly ScheduleStatus[] = ['ASSIGNED', 'PREEMPTING', 'RESTARTING', 'KILLING', 'DRAINING'];

function timeout(
  context: WatchdogContext,
  statuses: readonly ScheduleStatus[],
  timeoutMs: number,
  lost: (tx: WriteTransaction, task: ScheduledTask) => void,
): Watchdog {
  return {
    statuses,
    delayMs: timeoutMs,
    due(task) {
      const { taskId } = task.assignedTask;
      writeIfUnmoved(context, task, (tx) => {
        const change = { taskId, cas: task.status, to: 'LOST', message: 'Task timed out' } as const;
        if (context.state.changeState(tx, change) !== 'SUCCESS') return;
        context.counters.add('timed_out_tasks');
        lost(tx, task);
      });
      return undefined;
    },
  };
}

/**
 * Gives up tasks that stay in a transient status. The time starts again after a restart, so that Mesos can report their
 * state.
 */
export const transientTimeout = (context: WatchdogContext, timeoutMs: number): Watchdog =>
  timeout(context, TRANSIENT, timeoutMs, () => {});

/**
 * Gives up tasks that stay STARTING, with a separate timeout, because fetching an image and the first health checks may
 * take long. It also kills the task: it may have processes, which LOST alone would leave running.
 */
export const startingTimeout = (context: WatchdogContext, timeoutMs: number): Watchdog =>
  timeout(context, ['STARTING'], timeoutMs, (tx, { assignedTask: { taskId, slaveId } }) =>
    tx.afterCommit(() => context.kill({ taskId, agentId: slaveId })),
  );
