import type { JobKey, ScheduledTask, TaskQuery } from '../../api/index.ts';
import { jobKeyText } from './keys.ts';
import type { TaskIndex } from './task-index.ts';

const restricts = (collection: readonly unknown[] | undefined): boolean =>
  collection !== undefined && collection.length > 0;

const roleOf = (query: Partial<TaskQuery>): string | undefined =>
  query.role?.trim() ? query.role : undefined;

/** False for the query that every task matches. */
export const restrictsAny = (query: Partial<TaskQuery>): boolean =>
  roleOf(query) !== undefined ||
  query.environment !== undefined ||
  query.jobName !== undefined ||
  [query.taskIds, query.statuses, query.instanceIds, query.slaveHosts, query.jobKeys].some(restricts);

/**
 * A test for the restrictions of `query`; collections match when empty, the role when blank, environment and name
 * when unset. Source: the original's TaskStore queries.
 */
export function taskMatcher(query: Partial<TaskQuery>): (task: ScheduledTask) => boolean {
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

function* each<K>(keys: Iterable<K>, idsOf: (key: K) => Iterable<string>): Iterable<string> {
  for (const key of keys) yield* idsOf(key);
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
  /** Undefined means all tasks. */
  readonly ids: Iterable<string> | undefined;
}

/** Ids that include every task of the query, from the narrowest index there is. */
export function candidates(query: Partial<TaskQuery>, index: TaskIndex): Candidates {
  if (restricts(query.taskIds)) return { by: 'id', ids: new Set(query.taskIds) };
  const jobs = jobsNamedBy(query);
  if (jobs) {
    const distinct = new Map(jobs.map((job) => [jobKeyText(job), job])).values();
    return { by: 'job', ids: each(distinct, index.ofJob) };
  }
  if (restricts(query.slaveHosts)) return { by: 'host', ids: each(new Set(query.slaveHosts), index.onHost) };
  const listed = restricts(query.statuses) ? [...new Set(query.statuses)].map(index.inStatus) : [undefined];
  if (listed.every((ids) => ids !== undefined)) return { by: 'status', ids: each(listed, (ids) => ids) };
  const role = roleOf(query);
  if (role === undefined) return { by: 'all', ids: undefined };
  return { by: 'role', ids: each(index.jobsOfRole(role), index.ofJob) };
}
