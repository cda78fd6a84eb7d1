import { readFileSync } from 'node:fs';
import { AURORA_EXECUTOR_NAME, type Wire } from '../api/index.ts';
import { decodePlain } from '../api/plain/decode.ts';
import { openTJsonMessage } from '../api/tjson/message.ts';
import { AuroraError } from '../base/errors.ts';

type JobConfiguration = Wire<'JobConfiguration'>;
type Json = Readonly<Record<string, unknown>>;

/** A job as somebody else has it. */
export interface ExpectedJob {
  readonly role: string;
  readonly environment: string;
  readonly name: string;
  /** Known where the executor's text says it. */
  readonly cluster: string | undefined;
  readonly configuration: JobConfiguration;
  /** Only what the executor gets is known, as from `job inspect --write-json`. */
  readonly executorOnly: boolean;
}

/** The text of a file of expected jobs. Throws CONFIG when it cannot be read. */
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
 * Reads jobs from a file: the answer of a scheduler to `getJobs` (from /api or /apibeta), `job inspect --raw`, `--offline` or
 * `--write-json`, or a list of such jobs. Throws CONFIG for anything else.
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

/** The executor's text may stand beside its configuration, parsed. */
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

/** The job in the words of the configuration. */
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

/** What the executor is given names the job's cluster; another executor's text need not. */
function clusterIn(data: string | undefined): string | undefined {
  try {
    const { cluster } = JSON.parse(data ?? '') as Json;
    return typeof cluster === 'string' ? cluster : undefined;
  } catch {
    return undefined;
  }
}
