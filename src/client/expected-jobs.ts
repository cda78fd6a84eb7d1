import { readFileSync } from 'node:fs';
import { AURORA_EXECUTOR_NAME, type Wire } from '../api/index.ts';
import { decodePlain } from '../api/plain/decode.ts';
import { openTJsonMessage } from '../api/tjson/message.ts';
import { AuroraError } from '../base/errors.ts';

type JobConfiguration = Wire<'JobConfiguration'>;
type Json = Readonly<Record<string, unknown>>;

/** A job as an earlier record describes it. */
export interface ExpectedJob {
  readonly role: string;
  readonly environment: string;
  readonly name: string;
  /** Undefined when the executor's data does not name it. */
  readonly cluster: string | undefined;
  readonly configuration: JobConfiguration;
  /** Only the executor's part is known, as in the output of `job inspect --write-json`. */
  readonly executorOnly: boolean;
}

/** Reads the text of a file of expected jobs. Throws CONFIG when that fails. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AuroraError('CONFIG', `${file} cannot be read`, { next: 'check the path', cause });
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads jobs from a file, which may hold a scheduler's answer to `getJobs` (from /api or /apibeta), the output of `job
 * inspect` with `--raw`, `--offline` or `--write-json`, or a list of such jobs. Throws CONFIG for anything else.
 */
export function readExpected(text: string, file: string): readonly ExpectedJob[] {
  if (text.startsWith('JobConfiguration(') || text.startsWith('Job level information'))
    throw new AuroraError('CONFIG', `${file} is text for people, which cannot be compared`, {
      next: 'save it with aurora job inspect --write-json, or save what the scheduler says to getJobs',
    });
  const jobs = text.startsWith('JobConfiguration {')
    ? [rawInspection(text)]
    : jobsIn(parsed(text, file), text);
  if (jobs.length === 0) throw new AuroraError('CONFIG', `${file} holds no jobs that can be compared`);
  return jobs;
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AuroraError('CONFIG', `${file} is no JSON`, { cause });
  }
}

function rawInspection(text: string): ExpectedJob {
  const at = text.indexOf('\nTaskConfig ');
  const job: unknown = JSON.parse(text.slice('JobConfiguration '.length, at));
  const taskConfig: unknown = JSON.parse(text.slice(at + '\nTaskConfig '.length));
  return configured({ ...(job as Json), taskConfig });
}

function jobsIn(value: unknown, text: string): readonly ExpectedJob[] {
  if (Array.isArray(value)) {
    if (value[0] === 1 && value[1] === 'getJobs') {
      const message = openTJsonMessage(text).read() as { readonly value?: Wire<'Response'> };
      return (message.value?.result?.getJobsResult?.configs ?? []).map((one) => expectedOf(one, false));
    }
    return value.flatMap((one) => jobsIn(one, text));
  }
  if (!isObject(value)) return [];
  for (const key of ['result', 'getJobsResult', 'configs', 'jobs'])
    if (value[key] !== undefined) return jobsIn(value[key], text);
  if (isObject(value.jobConfiguration)) return [configured(value.jobConfiguration, value.executorData)];
  if (isObject(value.taskConfig)) return [configured(value)];
  return typeof value.role === 'string' && isObject(value.task) ? [executorView(value)] : [];
}

/** Reads a job configuration; its executor data may stand beside it, already parsed (`data`). */
function configured(value: Json, data?: unknown): ExpectedJob {
  const task = value.taskConfig as Json;
  const executorConfig = isObject(data)
    ? { name: AURORA_EXECUTOR_NAME, data: JSON.stringify(data) }
    : task.executorConfig;
  const whole = { ...value, taskConfig: { ...task, executorConfig } };
  const { cronCollisionPolicy, ...rest } = whole as Json;
  const numbered = typeof cronCollisionPolicy === 'number' ? rest : whole;
  return expectedOf(decodePlain('JobConfiguration', JSON.stringify(numbered)), false);
}

/** Reads a job that is in the terms of the configuration language, which has the executor's part only. */
function executorView({ instances, update_config: _, ...job }: Json): ExpectedJob {
  const data = JSON.stringify(job);
  return expectedOf(
    {
      key: { role: String(job.role), environment: String(job.environment), name: String(job.name) },
      ...(typeof instances === 'number' ? { instanceCount: instances } : {}),
      taskConfig: { executorConfig: { name: AURORA_EXECUTOR_NAME, data } },
    },
    true,
  );
}

const expectedOf = (configuration: JobConfiguration, executorOnly: boolean): ExpectedJob => ({
  role: configuration.key?.role ?? '',
  environment: configuration.key?.environment ?? '',
  name: configuration.key?.name ?? '',
  cluster: clusterIn(configuration.taskConfig?.executorConfig?.data),
  configuration,
  executorOnly,
});

/** The cluster that the executor's data names; data of other executors need not name one. */
function clusterIn(data: string | undefined): string | undefined {
  try {
    const { cluster } = JSON.parse(data ?? '') as Json;
    return typeof cluster === 'string' ? cluster : undefined;
  } catch {
    return undefined;
  }
}
