import type * as Fields from '../fields/job.ts';
import { callSite } from './call-site.ts';
import { build } from './value.ts';

/**
 * A task, where it runs, and how many instances of it. It runs until it has finished, or by a schedule.
 *
 * @example
 * Job({ cluster: 'local', role: 'hello', environment: 'devel', name: 'once', task })
 */
export function Job(fields: Fields.JobFields): Job {
  return build('Job', fields, callSite(Job), []) as unknown as Job;
}
export type Job = Fields.Job;

/**
 * A job that runs for ever: an instance that ends is started again.
 *
 * @example
 * Service({ cluster: 'local', role: 'hello', environment: 'devel', name: 'web', instances: 3, task })
 */
export function Service(fields: Fields.JobFields): Job {
  return build(
    'Job',
    { ...fields, service: fields?.service ?? true },
    callSite(Service),
    [],
  ) as unknown as Job;
}
