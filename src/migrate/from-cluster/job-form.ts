import { AURORA_EXECUTOR_NAME, type Wire } from '../../api/index.ts';
import { ownForm } from '../../dsl/convert/own-form.ts';
import { type OwnFields, withoutDefaults } from './own-fields.ts';

type JobConfiguration = Wire<'JobConfiguration'>;

/** A running job as fields of the language, or the reason why it cannot be expressed. */
export type JobForm = { readonly form: OwnFields } | { readonly unknown: string };

/**
 * What a job's file would say. The executor's data holds the job as its client submitted it; the rest (instances, the
 * schedule) comes from the scheduler. The update settings are lost, because they are not stored with a job.
 */
export function jobForm(cluster: string, job: JobConfiguration): JobForm {
  const { key, taskConfig, instanceCount = 1 } = job;
  const { name, data = '' } = taskConfig?.executorConfig ?? {};
  if (name !== AURORA_EXECUTOR_NAME)
    return { unknown: `it runs with the executor ${name ?? 'of another framework'}, whose text is no job` };
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    parsed = undefined;
  }
  const { task } = (parsed ?? {}) as { readonly task?: { readonly processes?: unknown } };
  if (!Array.isArray(task?.processes) || task.processes.length === 0)
    return { unknown: "its executor's text is no job" };
  const given = ownForm('Job', parsed as OwnFields);
  const { role, environment } = key ?? {};
  const whole = {
    ...given,
    cluster: given.cluster ?? cluster,
    role,
    environment,
    name: key?.name,
    instances: instanceCount,
    ...(job.cronSchedule === undefined ? {} : { cronSchedule: job.cronSchedule }),
    ...(job.cronCollisionPolicy === undefined ? {} : { cronCollisionPolicy: job.cronCollisionPolicy }),
    ...(job.cronTimeZone === undefined ? {} : { cronTimeZone: job.cronTimeZone }),
    ...(job.cronMissedTickPolicy === undefined ? {} : { cronMissedTickPolicy: job.cronMissedTickPolicy }),
  };
  return { form: withoutDefaults('Job', withTaskName(whole)) };
}

/** Leaves out the task's name if it is the name of the first process, which is its default. */
function withTaskName(form: OwnFields): OwnFields {
  const task = form.task as OwnFields;
  const [first] = (task.processes ?? []) as readonly OwnFields[];
  if (task.name === undefined || task.name !== first?.name) return form;
  const { name: _, ...rest } = task;
  return { ...form, task: rest };
}
