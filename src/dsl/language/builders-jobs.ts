import type * as Fields from '../fields/job.ts';
import { callSite } from './call-site.ts';
import { build, type Unfinished } from './value.ts';

/** A job of which fields are still missing, to be completed by `with`. */
export type UnfinishedJob = Unfinished<'Job', Fields.JobFields>;

/**
 * A task, where it runs, and how many instances of it. It runs until it has finished, or by a schedule.
 *
 * @example
 * Job({ cluster: 'local', role: 'hello', environment: 'devel', name: 'once', task })
 * const template = Job({ cluster: 'local', role: 'hello', environment: 'devel' }); // template.with({ task })
 */
export function Job(fields: Fields.JobFields): Job;
export function Job(fields: Partial<Fields.JobFields>): UnfinishedJob;
export function Job(fields: Partial<Fields.JobFields>): unknown {
  return build('Job', fields, callSite(Job), []);
}
// biome-ignore lint/suspicious/noRedeclare: a builder and its type have one name, and overloads hide that from the rule
export type Job = Fields.Job;

/**
 * A job that runs for ever: an instance that ends is started again.
 *
 * @example
 * Service({ cluster: 'local', role: 'hello', environment: 'devel', name: 'web', instances: 3, task })
 */
export function Service(fields: Fields.JobFields): Job;
export function Service(fields: Partial<Fields.JobFields>): UnfinishedJob;
export function Service(fields: Partial<Fields.JobFields>): unknown {
  const given = typeof fields === 'object' ? { ...fields, service: fields?.service ?? true } : fields;
  return build('Job', given, callSite(Service), []);
}
