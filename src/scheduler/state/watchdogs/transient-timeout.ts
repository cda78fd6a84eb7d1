import type { ScheduleStatus } from '../../../api/index.ts';
import { type Watchdog, type WatchdogContext, writeIfUnmoved } from './watch.ts';

/** A task passes through these; one that stays has been forgotten by somebody. */
const TRANSIENT: readonly ScheduleStatus[] = [
  'ASSIGNED',
  'STARTING',
  'PREEMPTING',
  'RESTARTING',
  'KILLING',
  'DRAINING',
];

/**
 * Gives up tasks that stay in a transient status. After a restart the time begins anew, so that Mesos can say how they
 * are. A task that is STARTING may well have processes, which the transition to LOST alone would leave running.
 */
export function transientTimeout(context: WatchdogContext, timeoutMs: number): Watchdog {
  return {
    statuses: TRANSIENT,
    delayMs: () => timeoutMs,
    due(task) {
      const { taskId, slaveId } = task.assignedTask;
      writeIfUnmoved(context, task, (tx) => {
        const change = { taskId, cas: task.status, to: 'LOST', message: 'Task timed out' } as const;
        if (context.state.changeState(tx, change) !== 'SUCCESS') return;
        context.counters.add('timed_out_tasks');
        if (task.status === 'STARTING') tx.afterCommit(() => context.kill({ taskId, agentId: slaveId }));
      });
      return undefined;
    },
  };
}
