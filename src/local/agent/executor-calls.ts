/** What the calls of an executor do, once they have passed the checks of HTTP and of the message. */
import type { ExecutorCall, ExecutorEvent, TaskInfo } from '../../mesos/index.ts';
import { type AgentExecutor, type EndingCause, type ExecutorStream, hasCapability } from './agent-model.ts';
import { reportTask, takeExecutorStatus } from './agent-updates.ts';
import { type AgentCore, agentInfo } from './core.ts';
import { deliver } from './launching.ts';
import { shutdownExecutor } from './termination.ts';
import type { StampedStatus } from './update-streams.ts';

type Subscribe = NonNullable<ExecutorCall['subscribe']>;

const acknowledged = (status: StampedStatus): ExecutorEvent => ({
  type: 'ACKNOWLEDGED',
  acknowledged: { task_id: status.task_id, uuid: status.uuid },
});

/** A uuid of 16 bytes, as base64. */
export const isUuid = (text: string | undefined): text is string =>
  text !== undefined && Buffer.from(text, 'base64').length === 16;

/**
 * Stores an update; the executor is told as soon as that is done, whatever the scheduler does. An update of another
 * agent is dropped, one for a task nobody launched is passed on but not confirmed (golden/mesos exec-03).
 */
export function update(core: AgentCore, executor: AgentExecutor, status: StampedStatus): void {
  if (status.agent_id !== undefined && status.agent_id.value !== core.agentId) return;
  const taskId = status.task_id.value;
  const isOurs =
    executor.tasks.has(taskId) || executor.completed.some(({ info }) => info.task_id.value === taskId);
  takeExecutorStatus(core, executor, status);
  if (isOurs) executor.stream?.send(acknowledged(status));
}

/** A LAUNCH that was lost with an earlier stream: the executor does not know the task and has never reported it. */
function dropLostLaunches(core: AgentCore, executor: AgentExecutor, known: readonly TaskInfo[]): void {
  const names = new Set(known.map((task) => task.task_id.value));
  const lost: EndingCause = {
    state: hasCapability(executor.framework.info, 'PARTITION_AWARE') ? 'TASK_DROPPED' : 'TASK_LOST',
    reason: 'REASON_AGENT_RESTARTED',
    message: 'Task launched during agent restart',
  };
  for (const [taskId, task] of executor.tasks) {
    if (task.state === 'TASK_STAGING' && !names.has(taskId))
      reportTask(core, executor.framework.id, taskId, lost, executor);
  }
}

/**
 * Takes a subscription; an earlier stream ends. An executor that is on its way out, or has nothing to do and never had,
 * gets SHUTDOWN and nothing else.
 */
export function subscribe(
  core: AgentCore,
  executor: AgentExecutor,
  call: Subscribe,
  stream: ExecutorStream,
): void {
  executor.stream?.end();
  executor.stream = stream;
  if (executor.state === 'TERMINATING') {
    stream.send({ type: 'SHUTDOWN' });
    return;
  }
  if (core.settings.recover === 'cleanup' || (!executor.delivered && executor.queue.length === 0)) {
    shutdownExecutor(core, executor);
    return;
  }
  executor.timer?.cancel();
  executor.state = 'RUNNING';
  const updates = (call.unacknowledged_updates ?? [])
    .map(({ status }) => status)
    .filter((status): status is StampedStatus => isUuid(status.uuid));
  for (const status of updates) takeExecutorStatus(core, executor, status);
  dropLostLaunches(core, executor, call.unacknowledged_tasks ?? []);
  stream.send({
    type: 'SUBSCRIBED',
    subscribed: {
      executor_info: executor.info,
      framework_info: executor.framework.info,
      agent_info: agentInfo(core),
      container_id: { value: executor.run.containerId },
    },
  });
  for (const status of updates) stream.send(acknowledged(status));
  for (const launch of executor.queue.splice(0)) deliver(executor, launch);
}
