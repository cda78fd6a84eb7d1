/**
 * From the executor's part of a job (the JSON text in `executorConfig.data`) to one instance, and from there to the
 * task that the runner takes. Source: the original's `mesos_task_instance_from_assigned_task`.
 */
import { AuroraError, messageOf } from '../../base/errors.ts';
import { type Fields, object } from './fields.ts';
import type { Ports } from './ports.ts';
import { assertBound, bound } from './references.ts';

/** One instance of a job, the original's MesosTaskInstance. References below `thermos` are not bound yet. */
interface JobInstance extends Fields {
  readonly task: Fields;
}

const KEPT = ['announce', 'environment', 'lifecycle'] as const;

function parse(data: string | undefined): Fields {
  if (!data) {
    throw new AuroraError('EXECUTOR', 'the task carries no executor configuration', {
      next: 'submit the job with executorConfig.data as `aurora job create` writes it',
    });
  }
  try {
    return object(JSON.parse(data), 'executorConfig.data');
  } catch (error) {
    if (error instanceof AuroraError) throw error;
    throw new AuroraError('EXECUTOR', `executorConfig.data is not JSON: ${messageOf(error)}`);
  }
}

/**
 * Reads the executor's configuration and binds what is known about the instance: `mesos.instance`, `mesos.hostname`.
 * Data with a key `instance` is an instance already and is returned as it is.
 * @throws AuroraError EXECUTOR for missing or malformed data
 */
export function jobInstance(
  data: string | undefined,
  known: { readonly instance: number; readonly hostname: string },
): JobInstance {
  const job = parse(data);
  if ('instance' in job) return { ...job, task: object(job.task, 'task') };
  const instance = {
    task: object(job.task, 'task'),
    role: job.role,
    health_check_config: job.health_check_config ?? {},
    instance: known.instance,
    ...Object.fromEntries(KEPT.filter((key) => job[key] !== undefined).map((key) => [key, job[key]])),
  };
  const bindings = new Map([
    ['mesos.instance', String(known.instance)],
    ['mesos.hostname', known.hostname],
  ]);
  return bound(instance, bindings) as JobInstance;
}

/**
 * The task with every `thermos` reference bound.
 * @throws AuroraError EXECUTOR naming the references that cannot be bound, for example an unknown port
 */
export function boundTask(
  task: Fields,
  known: { readonly taskId: string; readonly user: string; readonly ports: Ports },
): Fields {
  const bindings = new Map([
    ['thermos.task_id', known.taskId],
    ['thermos.user', known.user],
    ...[...known.ports].map(([name, port]) => [`thermos.ports[${name}]`, String(port)] as const),
  ]);
  const result = bound(task, bindings) as Fields;
  assertBound(result, bindings);
  return result;
}
