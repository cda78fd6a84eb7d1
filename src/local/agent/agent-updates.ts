/** How statuses enter the update streams, and what an acknowledgement frees. */
import type { TaskStatus } from '../../mesos/index.ts';
import {
  type AgentExecutor,
  type AgentFramework,
  type AgentTask,
  type EndingCause,
  executorsOf,
  hasCapability,
  remember,
} from './agent-model.ts';
import { type AgentCore, isCheckpointed, newUuid } from './core.ts';
import { isTerminal } from './task-states.ts';
import type { Accepted, StampedStatus, TaskAddress } from './update-streams.ts';

type NetworkInfos = NonNullable<NonNullable<TaskStatus['container_status']>['network_infos']>;

/** Adds the agent's facts about the container; what the executor reported about networks takes precedence. */
function containerStatus(core: AgentCore, executor: AgentExecutor, status: TaskStatus) {
  const networks: NetworkInfos = [{ ip_addresses: [{ protocol: 'IPv4', ip_address: core.settings.ip }] }];
  return {
    ...status.container_status,
    container_id: status.container_status?.container_id ?? { value: executor.run.containerId },
    network_infos: status.container_status?.network_infos ?? networks,
    ...(executor.container?.leader && { executor_pid: executor.container.leader.pid }),
  };
}

/** Seconds since the epoch, with fractions. */
const nowSeconds = (core: AgentCore) => core.clock.nowMs() / 1000;

/**
 * Accepts a status: stores it, queues it for the master, and sets the task's state.
 * @param task undefined for a task that nobody launched; its status is forwarded all the same
 */
function take(
  core: AgentCore,
  address: TaskAddress,
  executor: AgentExecutor | undefined,
  task: AgentTask | undefined,
  status: StampedStatus,
): Accepted {
  if (executor?.framework.terminating) return 'late';
  const before = task?.state;
  // Set the state first, because the forwarded update carries the newest state, too.
  if (task && !isTerminal(task.state)) task.state = status.state;
  const accepted = core.updates.accept(address, status);
  if (accepted === 'new') task?.statuses.push(status);
  else if (task && before) task.state = before;
  return accepted;
}

/** Marks a kill that was caused by an operator's drain. Source: golden/mesos, oper-06. */
function drained(core: AgentCore, executor: AgentExecutor, status: StampedStatus): StampedStatus {
  if (!core.draining || status.state !== 'TASK_KILLED') return status;
  const isGone = core.draining.markGone && hasCapability(executor.framework.info, 'PARTITION_AWARE');
  return {
    ...status,
    state: isGone ? 'TASK_GONE_BY_OPERATOR' : status.state,
    reason: 'REASON_AGENT_DRAINING',
  };
}

/** Accepts an executor's status that has passed the checks of the API. */
export function takeExecutorStatus(
  core: AgentCore,
  executor: AgentExecutor,
  received: StampedStatus,
): Accepted {
  const taskId = received.task_id.value;
  const task = executor.tasks.get(taskId);
  const known = executor.completed.find(({ info }) => info.task_id.value === taskId);
  if (!task && known?.statuses.some((status) => status.uuid === received.uuid)) return 'duplicate';
  const status: StampedStatus = {
    ...drained(core, executor, received),
    agent_id: { value: core.agentId },
    timestamp: received.timestamp ?? nowSeconds(core),
    ...(task && { container_status: containerStatus(core, executor, received) }),
  };
  return take(core, { frameworkId: executor.framework.id, taskId }, executor, task, status);
}

/** Reports a status that the agent itself creates. */
export function reportTask(
  core: AgentCore,
  frameworkId: string,
  taskId: string,
  cause: EndingCause,
  executor?: AgentExecutor,
  executorId: string | undefined = executor?.id,
): void {
  const status: StampedStatus = {
    task_id: { value: taskId },
    state: cause.state,
    message: cause.message,
    source: 'SOURCE_AGENT',
    reason: cause.reason,
    agent_id: { value: core.agentId },
    ...(executorId !== undefined && { executor_id: { value: executorId } }),
    timestamp: nowSeconds(core),
    uuid: newUuid(core),
  };
  take(core, { frameworkId, taskId }, executor, executor?.tasks.get(taskId), status);
}

/** Archives an executor that has ended and has nothing left to report; then its framework, too, if it has no executors. */
export function forgetIfDone(core: AgentCore, executor: AgentExecutor): void {
  const { framework } = executor;
  if (executor.state !== 'TERMINATED' || executor.tasks.size > 0) return;
  if (!framework.ended.delete(executor)) return;
  if (isCheckpointed(framework)) core.checkpoints.executorDone(executor.run);
  remember(framework.completed, executor);
  forgetFrameworkIfDone(core, framework);
}

/** Archives a framework without executors; the master sends it again when it is needed. */
export function forgetFrameworkIfDone(core: AgentCore, framework: AgentFramework): void {
  if (executorsOf(framework).length > 0) return;
  core.frameworks.delete(framework.id);
  if (isCheckpointed(framework)) core.checkpoints.forget(core.agentId, framework.id);
  remember(core.completedFrameworks, framework);
}

/** Handles a scheduler's acknowledgement. Ignored unless it is for the update in flight. */
export function acknowledge(core: AgentCore, address: TaskAddress, uuid: string): void {
  const [head] = core.updates.pending(address);
  const outcome = core.updates.acknowledge(address, uuid);
  if (outcome === 'ignored') return;
  for (const executor of executorsOf(core.frameworks.get(address.frameworkId))) {
    const task = executor.tasks.get(address.taskId);
    if (!task) continue;
    task.acknowledged = head;
    if (outcome !== 'finished') return;
    executor.tasks.delete(address.taskId);
    if (isCheckpointed(executor.framework)) core.checkpoints.taskDone(executor.run, address.taskId);
    remember(executor.completed, task);
    forgetIfDone(core, executor);
    return;
  }
}
