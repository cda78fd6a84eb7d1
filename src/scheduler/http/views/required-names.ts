import type { JobKey } from '../../../api/index.ts';
import { validJobKey } from '../../jobs/job-key.ts';
import { badQuery } from './view-refusal.ts';
import type { ViewQuery } from './view-settings.ts';

/** The job that `job=role/environment/name` names; undefined when it is missing or malformed. */
export function namedJob({ job }: ViewQuery): JobKey | undefined {
  const [role, environment, name, ...more] = (job ?? '').split('/');
  return more.length === 0 ? validJobKey({ role, environment, name } as JobKey) : undefined;
}

/**
 * The job that the query names.
 * @throws ViewRefusal when it names none.
 */
export function requiredJob(query: ViewQuery): JobKey {
  const { job } = query;
  const key = namedJob(query);
  if (!key) throw badQuery(`job is role/environment/name, not ${job ?? 'nothing'}`);
  return key;
}

/** What the query restricts a view to, as parts of a permission: a job, an environment, a role, or (empty) nothing. */
export function askedAbout(query: ViewQuery): readonly string[] {
  const job = namedJob(query);
  if (job) return [job.role, job.environment, job.name];
  const { environment = '', role = '' } = query;
  return role === '' ? [] : environment === '' ? [role] : [role, environment];
}

/**
 * A parameter of the query.
 * @throws ViewRefusal when it is missing or empty.
 */
export function requiredText(query: ViewQuery, name: string): string {
  const text = query[name];
  if (text === undefined || text === '') throw badQuery(`${name} is needed`);
  return text;
}
