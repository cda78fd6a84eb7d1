import { isDeepStrictEqual } from 'node:util';
import type { ExecutorInfo, Resource, TaskInfo } from '../../../mesos/index.ts';
import { add, contains, type Pool } from '../resources/pool.ts';
import { amountOf, readResources, refineResources } from '../resources/resource-form.ts';
import { amountText, poolText } from '../resources/text.ts';
import type { Agent, MasterFramework } from '../state.ts';
import { incompatibleExecutors } from './executor-text.ts';
import { idFault } from './ids.ts';

/** A task that may run: the resources it takes, and those of its executor if that is new. */
export interface ReadTask {
  readonly info: TaskInfo;
  readonly pool: Pool;
  readonly newExecutor: { readonly info: ExecutorInfo; readonly pool: Pool } | undefined;
}

/** The framework, agent and offers of a launch. */
export interface LaunchPlace {
  readonly framework: MasterFramework;
  readonly agent: Agent;
  /** The role of the offers, which also applies to resources that name no role. */
  readonly role: string;
  /** What is left of the offers. */
  readonly left: Pool;
}

/** An amount that is certainly more than zero in Mesos' thousandths; skips the exact check. */
const LEAST_SCALAR = 0.001;

function resourceFault(resource: Resource): string | undefined {
  if (resource.type !== 'SCALAR' || (resource.scalar?.value ?? 0) >= LEAST_SCALAR) return undefined;
  const amount = amountOf({ ...resource, allocation_info: {} });
  const exactZero = resource.scalar?.value === 0;
  return 'milli' in amount && amount.milli <= 0 && !exactZero
    ? `Resource '${amountText({ ...amount, milli: amount.milli })}' is invalid: Invalid scalar resource: value <= 0`
    : undefined;
}

function resourcesFault(resources: readonly Resource[] | undefined, role: string, whose: string) {
  for (const resource of resources ?? []) {
    const fault = resourceFault(resource);
    if (fault) return fault;
  }
  const roles = [...new Set((resources ?? []).map((one) => one.allocation_info?.role ?? role))].sort();
  return roles.length > 1
    ? `Invalid ${whose} resources: The resources have multiple allocation roles ('${roles[0]}' and '${roles[1]}') but only one allocation role is allowed`
    : undefined;
}

/** The executor as it is sent to the agent, with resources in the agent's form. */
export const refineExecutor = (executor: ExecutorInfo, frameworkId: string, role: string): ExecutorInfo => {
  const resources = refineResources(executor.resources, role);
  const framework_id = { value: frameworkId };
  return resources.length ? { framework_id, ...executor, resources } : { framework_id, ...executor };
};

/** The task as it is sent to the agent. @param executor its executor, if that is refined already */
export function refineTask(
  task: TaskInfo,
  frameworkId: string,
  role: string,
  executor = task.executor && refineExecutor(task.executor, frameworkId, role),
): TaskInfo {
  const resources = refineResources(task.resources, role);
  return executor ? { ...task, resources, executor } : { ...task, resources };
}

function executorFault(executor: ExecutorInfo, place: LaunchPlace): string | undefined {
  const { framework, agent, role } = place;
  const id = executor.executor_id.value;
  const idText = idFault(id);
  if (idText) return idText;
  const given = executor.framework_id?.value ?? framework.id;
  if (given !== framework.id)
    return `ExecutorInfo has an invalid FrameworkID (Actual: ${given} vs Expected: ${framework.id})`;
  if ((executor.type ?? 'CUSTOM') !== 'DEFAULT' && !executor.command)
    return "'ExecutorInfo.command' must be set for 'CUSTOM' executor";
  if (executor.type === 'DEFAULT' && executor.command)
    return "'ExecutorInfo.command' must not be set for 'DEFAULT' executor";
  const resources = resourcesFault(executor.resources, role, 'executor');
  if (resources) return resources;
  const existing = agent.executors.get(framework.id, id);
  if (!existing) return undefined;
  const refined = refineExecutor(executor, framework.id, role);
  return isDeepStrictEqual(existing.info, refined)
    ? undefined
    : incompatibleExecutors(existing.info, refined);
}

/** The faults of a task that do not depend on its executor, in the order in which Mesos checks them. */
function taskFault(task: TaskInfo, place: LaunchPlace): string | undefined {
  const id = task.task_id.value;
  const idText = idFault(id);
  if (idText) return idText;
  if (place.framework.tasks.has(id)) return `Task has duplicate ID: ${id}`;
  if (task.agent_id.value !== place.agent.id)
    return `Task uses invalid agent ${task.agent_id.value} while agent ${place.agent.id} is expected`;
  if ((task.kill_policy?.grace_period?.nanoseconds ?? 0) < 0)
    return "Task's 'kill_policy.grace_period' must be non-negative";
  if ((task.max_completion_time?.nanoseconds ?? 0) < 0)
    return "Task's `max_completion_time` must be non-negative";
  if (!task.resources?.length) return 'Task uses no resources';
  return resourcesFault(task.resources, place.role, 'task');
}

const newExecutorOf = (executor: ExecutorInfo | undefined, place: LaunchPlace): ReadTask['newExecutor'] =>
  executor && !place.agent.executors.get(place.framework.id, executor.executor_id.value)
    ? {
        info: refineExecutor(executor, place.framework.id, place.role),
        pool: readResources(executor.resources, place.role),
      }
    : undefined;

/**
 * Checks one task of a LAUNCH against what is left of the offers.
 * @returns the resources it takes, or why it is refused, in Mesos' words (golden/mesos sched-07)
 */
export function judgeTask(task: TaskInfo, place: LaunchPlace): ReadTask | string {
  const fault = taskFault(task, place);
  if (fault) return fault;
  if ((task.executor === undefined) === (task.command === undefined))
    return 'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present';
  const executorText = task.executor && executorFault(task.executor, place);
  if (executorText) return executorText;
  const pool = readResources(task.resources, place.role);
  const newExecutor = newExecutorOf(task.executor, place);
  const needed = newExecutor ? add(pool, newExecutor.pool) : pool;
  if (!contains(place.left, needed))
    return `Total resources ${poolText(needed)} required by task and its executor is more than available ${poolText(place.left)}`;
  return { info: task, pool, newExecutor };
}

/**
 * Checks the tasks of a LAUNCH_GROUP, of which all run or none.
 * @returns the resources of each, with the executor's added to the first; or why all are refused
 */
export function judgeGroup(
  executor: ExecutorInfo,
  tasks: readonly TaskInfo[],
  place: LaunchPlace,
): readonly ReadTask[] | string {
  for (const task of tasks) {
    const fault = taskFault(task, place);
    if (fault) return `Task '${task.task_id.value}' is invalid: ${fault}`;
    if (task.executor) return `Task '${task.task_id.value}' is invalid: 'TaskInfo.executor' must not be set`;
  }
  const ids = tasks.map((task) => task.task_id.value);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) return `Task '${twice}' is invalid: Task has duplicate ID: ${twice}`;
  const fault = executorFault(executor, place);
  if (fault) return fault;
  const newExecutor = newExecutorOf(executor, place);
  const pools = tasks.map((task) => readResources(task.resources, place.role));
  const needed = pools.reduce<Pool>((sum, pool) => add(sum, pool), []);
  const total = newExecutor ? add(needed, newExecutor.pool) : needed;
  if (!contains(place.left, total))
    return `Total resources ${poolText(total)} required by task group and its executor are more than available ${poolText(place.left)}`;
  return tasks.map((info, index) => ({
    info,
    pool: pools[index] as Pool,
    newExecutor: index === 0 ? newExecutor : undefined,
  }));
}
