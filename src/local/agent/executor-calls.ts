/** Carries out the calls of an executor, after HTTP and the message were checked. */
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

/** Whether the text is a uuid: 16 bytes in base64. */
export const isUuid = (text: string | undefined): text is string =>
  text !== undefined && Buffer.from(text, 'base64').length === 16;

/**
 * Stores an update and confirms it to the executor at once, independently of the scheduler. An update that names
 * another agent is dropped; one for a task that nobody launched is forwarded but not confirmed (golden/mesos exec-03).
 */
export function update(core: AgentCore, executor: AgentExecutor, status: StampedStatus): void {
  if (status.agent_id !== undefined && status.agent_id.value !== core.agentId) return;
  const taskId = status.task_id.value;
  const isOurs =
    executor.tasks.has(taskId) || executor.completed.some(({ info }) => info.task_id.value === taskId);
  takeExecutorStatus(core, executor, status);
  if (isOurs) executor.stream?.send(acknowledged(status));
}

/** Reports as lost every LAUNCH that an earlier stream lost: the executor neither lists nor has ever reported its task. */
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
 * Accepts a subscription and ends an earlier stream. An executor that is ending, or that has no task and never had one,
 * gets only SHUTDOWN.
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
