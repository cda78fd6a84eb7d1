import { type BackoffLimits, nextBackoff } from '../../../base/backoff.ts';
import { unmoved, type Watchdog, type WatchdogContext } from './watch.ts';

/** Repeats the kill while a task is KILLING, because Mesos does not guarantee delivery. */
export function killRetry(context: WatchdogContext, limits: BackoffLimits): Watchdog {
  const { counters, kill, random, storage } = context;
  return {
    statuses: ['KILLING'],
    delayMs: () => nextBackoff(limits, 0, random),
    due(task, lastDelayMs) {
      if (!storage.read((stores) => unmoved(stores, task))) return undefined;
      counters.add('task_kill_retries');
      kill({ taskId: task.assignedTask.taskId, agentId: task.assignedTask.slaveId });
      return nextBackoff(limits, lastDelayMs, random);
    },
  };
}
