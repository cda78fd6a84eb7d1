import type { Resource, TaskInfo, TaskState, TaskStatus } from '../../mesos/index.ts';
import { isTerminal } from '../agent/task-states.ts';
import { free } from './accounting.ts';
import type { MasterExecutor } from './executors.ts';
import type { Pool } from './resources/pool.ts';
import { refinedForm, writeResources } from './resources/resource-form.ts';
import {
  type Agent,
  countUp,
  type MasterFramework,
  type MasterState,
  type MasterTask,
  tell,
  tellOperators,
  timestamp,
} from './state.ts';

/** A task in the form of the operator API. */
export const taskMessage = (task: MasterTask) => ({
  name: task.name,
  task_id: { value: task.id },
  framework_id: { value: task.framework.id },
  ...(task.executorId === undefined ? {} : { executor_id: { value: task.executorId } }),
  agent_id: { value: task.agentId },
  state: task.state,
  resources: writeResources(task.pool, refinedForm),
  ...(task.statuses.length ? { statuses: task.statuses } : {}),
  ...(task.statusState === undefined ? {} : { status_update_state: task.statusState }),
  ...(task.statusUuid === undefined ? {} : { status_update_uuid: task.statusUuid }),
  ...task.extra,
});

/** Shared by all tasks without statuses. */
const NO_STATUSES: readonly TaskStatus[] = [];

/** What is left of a task for /tasks; nearly always the same for all tasks of a job. */
function extraOf(master: MasterState, { labels, discovery, container }: TaskInfo): MasterTask['extra'] {
  if (discovery) return { labels, discovery, container };
  return labels || container ? master.shared({ labels, discovery, container }) : undefined;
}

/** Adds a task to its framework and agent. The caller accounts for its resources. */
export function addTask(
  master: MasterState,
  framework: MasterFramework,
  agent: Agent,
  info: TaskInfo,
  pool: Pool,
  state: TaskState = 'TASK_STAGING',
): MasterTask {
  const task: MasterTask = {
    framework,
    agentId: agent.id,
    id: info.task_id.value,
    name: info.name,
    executorId: info.executor?.executor_id.value,
    pool,
    extra: extraOf(master, info),
    state,
    statusState: undefined,
    statusUuid: undefined,
    statuses: NO_STATUSES,
  };
  framework.tasks.set(task.id, task);
  agent.tasks.add(task);
  tellOperators(master, () => ({ type: 'TASK_ADDED', task_added: { task: taskMessage(task) } }));
  return task;
}

/** The amounts of shared resources. Executors that differ in nothing but their ids share these, too. */
const poolsOf = new WeakMap<readonly Resource[], Pool>();

function sharedPool(resources: readonly Resource[], pool: Pool): Pool {
  const known = poolsOf.get(resources);
  if (!known) poolsOf.set(resources, pool);
  return known ?? pool;
}

/** Adds an executor that the agent will start or has reported. Its resources name the role they are allocated to. */
export function addExecutor(
  master: MasterState,
  agent: Agent,
  frameworkId: string,
  { info, pool }: Pick<MasterExecutor, 'info' | 'pool'>,
): void {
  const { command } = info;
  const resources = info.resources && master.shared(info.resources);
  let kept = info;
  // Only members that are there are replaced: a copy that gets a member has a hidden class of its own.
  if (command) kept = { ...kept, command: master.shared(command) };
  if (resources) kept = { ...kept, resources };
  agent.executors.add({ frameworkId, info: kept, pool: resources ? sharedPool(resources, pool) : pool });
}

/** Removes an executor that has ended and frees its resources. */
export function removeExecutor(
  master: MasterState,
  agent: Agent,
  frameworkId: string,
  executorId: string,
): void {
  const executor = agent.executors.get(frameworkId, executorId);
  const framework = master.frameworks.get(frameworkId);
  if (!executor) return;
  agent.executors.remove(executor);
  if (framework) free(framework, agent, executor.pool);
}

/** Keeps a status for /tasks, without `data`; it replaces the latest one if that has the same state. */
export function keepStatus(master: MasterState, task: MasterTask, status: TaskStatus): void {
  const most = master.flags.maxStatusesPerTask;
  if (most === 0) return;
  const { data: _data, ...kept } = status;
  const others = task.statuses.at(-1)?.state === status.state ? task.statuses.slice(0, -1) : task.statuses;
  task.statuses = [...others, kept].slice(-most);
}

/** Records a status of a task. The first terminal `latest` frees the task's resources. */
export function recordStatus(
  master: MasterState,
  agent: Agent | undefined,
  task: MasterTask,
  status: TaskStatus,
  latest: TaskState,
): void {
  const wasOver = isTerminal(task.state);
  const ends = !wasOver && isTerminal(latest);
  if (!wasOver) task.state = latest;
  keepStatus(master, task, status);
  if (ends && agent) free(task.framework, agent, task.pool);
  if (isTerminal(status.state))
    countUp(master, `master/${status.state.replace('TASK', 'tasks').toLowerCase()}`);
  tellOperators(master, () => {
    const { data: _data, ...shown } = status;
    const framework_id = { value: task.framework.id };
    return { type: 'TASK_UPDATED', task_updated: { framework_id, status: shown, state: task.state } };
  });
}

/** Moves a task to the completed ones, and frees its resources unless its end had done so. */
export function removeTask(master: MasterState, agent: Agent | undefined, task: MasterTask): void {
  const { framework } = task;
  if (agent && !isTerminal(task.state)) free(framework, agent, task.pool);
  if (framework.tasks.get(task.id) === task) framework.tasks.delete(task.id);
  agent?.tasks.delete(task);
  keepCompleted(master, task);
}

/** Keeps a framework's most recently ended tasks for /tasks. */
export function keepCompleted(master: MasterState, task: MasterTask): void {
  const { completed } = task.framework;
  completed.push(task);
  if (completed.length > 2 * master.flags.maxCompletedTasksPerFramework)
    completed.splice(0, completed.length - master.flags.maxCompletedTasksPerFramework);
}

/** A status that the master itself creates; it has no uuid and must not be acknowledged. */
export const masterStatus = (
  master: MasterState,
  taskId: string,
  status: Omit<TaskStatus, 'task_id' | 'source' | 'timestamp'>,
): TaskStatus => ({
  task_id: { value: taskId },
  ...status,
  source: 'SOURCE_MASTER',
  timestamp: timestamp(master),
});

/** Sends a status to the scheduler. */
export const tellStatus = (framework: MasterFramework, status: TaskStatus): void =>
  tell(framework, { type: 'UPDATE', update: { status } });
