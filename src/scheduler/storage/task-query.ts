import type { JobKey, ScheduledTask, TaskQuery } from '../../api/index.ts';
import { jobKeyText } from './keys.ts';
import type { TaskIndex } from './task-index.ts';

const restricts = (collection: readonly unknown[] | undefined): boolean =>
  collection !== undefined && collection.length > 0;

const roleOf = (query: Partial<TaskQuery>): string | undefined =>
  query.role?.trim() ? query.role : undefined;

/** False for a query that every task matches. */
const restrictsAny = (query: Partial<TaskQuery>): boolean =>
  roleOf(query) !== undefined ||
  query.environment !== undefined ||
  query.jobName !== undefined ||
  [query.taskIds, query.statuses, query.instanceIds, query.slaveHosts, query.jobKeys].some(restricts);

/**
 * A test for the restrictions of `query`; undefined when there are none. Empty collections, a blank role, and an unset
 * environment or name restrict nothing. Source: the original's TaskStore queries.
 */
export function taskMatcher(query: Partial<TaskQuery>): ((task: ScheduledTask) => boolean) | undefined {
  if (!restrictsAny(query)) return undefined;
  const role = roleOf(query);
  const { environment, jobName } = query;
  const ids = restricts(query.taskIds) && new Set(query.taskIds);
  const statuses = restricts(query.statuses) && new Set(query.statuses);
  const instances = restricts(query.instanceIds) && new Set(query.instanceIds);
  const hosts = restricts(query.slaveHosts) && new Set(query.slaveHosts);
  const jobs = restricts(query.jobKeys) && new Set(query.jobKeys!.map(jobKeyText));
  return ({ status, assignedTask: { taskId, slaveHost, instanceId, task } }) =>
    (role === undefined || task.job.role === role) &&
    (environment === undefined || task.job.environment === environment) &&
    (jobName === undefined || task.job.name === jobName) &&
    (!ids || ids.has(taskId)) &&
    (!statuses || statuses.has(status)) &&
    (!instances || instances.has(instanceId)) &&
    (!hosts || (slaveHost !== undefined && hosts.has(slaveHost))) &&
    (!jobs || jobs.has(jobKeyText(task.job)));
}

function jobsNamedBy(query: Partial<TaskQuery>): readonly JobKey[] | undefined {
  if (restricts(query.jobKeys)) return query.jobKeys;
  const [role, environment, name] = [roleOf(query), query.environment, query.jobName];
  if (role === undefined || environment === undefined || name === undefined) return undefined;
  return [{ role, environment, name }];
}

export type QueryIndex = 'id' | 'job' | 'host' | 'status' | 'role' | 'all';

export interface Candidates {
  readonly by: QueryIndex;
  /** Undefined stands for all tasks. */
  readonly tasks: ScheduledTask[] | undefined;
  /** The restrictions that the index did not answer, to be checked on each task. */
  readonly rest: Partial<TaskQuery>;
}

type Restriction = keyof TaskQuery;

/** The query without these restrictions. */
function without(query: Partial<TaskQuery>, ...answered: readonly Restriction[]): Partial<TaskQuery> {
  const rest: Partial<Record<Restriction, unknown>> = { ...query };
  for (const one of answered) rest[one] = undefined;
  return rest as Partial<TaskQuery>;
}

/** The tasks under each key of the index, one key after the other; equal keys count once. */
function each<K>(keys: readonly K[], tasksOf: (key: K) => ScheduledTask[]): ScheduledTask[] {
  if (keys.length === 1) return tasksOf(keys[0] as K);
  return [...new Set(keys)].flatMap((key) => tasksOf(key));
}

/** Tasks of the jobs, or of some of their instances. */
function byJob(query: Partial<TaskQuery>, jobs: readonly JobKey[], index: TaskIndex): Candidates {
  const distinct =
    jobs.length === 1 ? jobs : [...new Map(jobs.map((job) => [jobKeyText(job), job])).values()];
  const named: readonly Restriction[] = restricts(query.jobKeys)
    ? ['jobKeys']
    : ['role', 'environment', 'jobName'];
  const { instanceIds = [] } = query;
  if (instanceIds.length === 0)
    return { by: 'job', tasks: each(distinct, index.ofJob), rest: without(query, ...named) };
  const tasks = each(distinct, (job) => each(instanceIds, (instanceId) => index.ofInstance(job, instanceId)));
  return { by: 'job', tasks, rest: without(query, 'instanceIds', ...named) };
}

/** A superset of the tasks that match the query, from the narrowest index there is. */
export function candidates(query: Partial<TaskQuery>, index: TaskIndex): Candidates {
  const { taskIds = [], slaveHosts = [], statuses = [] } = query;
  if (taskIds.length > 0)
    return { by: 'id', tasks: index.present(new Set(taskIds)), rest: without(query, 'taskIds') };
  const jobs = jobsNamedBy(query);
  if (jobs) return byJob(query, jobs, index);
  if (slaveHosts.length > 0)
    return { by: 'host', tasks: each(slaveHosts, index.onHost), rest: without(query, 'slaveHosts') };
  const listed = statuses.length > 0 ? [...new Set(statuses)].map(index.inStatus) : [undefined];
  if (listed.every((tasks) => tasks !== undefined))
    return {
      by: 'status',
      tasks: listed.length === 1 ? listed[0]! : listed.flat(),
      rest: without(query, 'statuses'),
    };
  const role = roleOf(query);
  if (role === undefined) return { by: 'all', tasks: undefined, rest: query };
  return {
    by: 'role',
    tasks: [...index.jobsOfRole(role)].flatMap((job) => index.ofJob(job)),
    rest: without(query, 'role'),
  };
}
