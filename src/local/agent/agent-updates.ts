/** How statuses get into the streams, and what their acknowledgement sets free. */
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

/** What the agent adds about the container; what the executor says about networks stands. */
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
 * Takes a status over: it is stored, sent to the master in its turn, and the task has this state.
 * @param task absent for a task that nobody launched; such a status is passed on all the same.
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
  // The state first: the update that leaves carries the newest one.
  if (task && !isTerminal(task.state)) task.state = status.state;
  const accepted = core.updates.accept(address, status);
  if (accepted === 'new') task?.statuses.push(status);
  else if (task && before) task.state = before;
  return accepted;
}

/** A kill that an operator's drain caused is told as such. Source: golden/mesos, oper-06. */
function drained(core: AgentCore, executor: AgentExecutor, status: StampedStatus): StampedStatus {
  if (!core.draining || status.state !== 'TASK_KILLED') return status;
  const isGone = core.draining.markGone && hasCapability(executor.framework.info, 'PARTITION_AWARE');
  return {
    ...status,
    state: isGone ? 'TASK_GONE_BY_OPERATOR' : status.state,
    reason: 'REASON_AGENT_DRAINING',
  };
}

/** A status from an executor, which has passed the checks of the API. */
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

/** A status that the agent makes on its own. */
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

/** An ended executor with nothing left to report is only remembered; so is a framework without executors. */
export function forgetIfDone(core: AgentCore, executor: AgentExecutor): void {
  const { framework } = executor;
  if (executor.state !== 'TERMINATED' || executor.tasks.size > 0) return;
  if (!framework.ended.delete(executor)) return;
  if (isCheckpointed(framework)) core.checkpoints.executorDone(executor.run);
  remember(framework.completed, executor);
  forgetFrameworkIfDone(core, framework);
}

/** A framework without executors is gone; the master says so again when it comes back. */
export function forgetFrameworkIfDone(core: AgentCore, framework: AgentFramework): void {
  if (executorsOf(framework).length > 0) return;
  core.frameworks.delete(framework.id);
  if (isCheckpointed(framework)) core.checkpoints.forget(core.agentId, framework.id);
  remember(core.completedFrameworks, framework);
}

/** The scheduler has got an update. Anything but the one in flight is ignored. */
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
