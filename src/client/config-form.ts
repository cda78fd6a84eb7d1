import { AURORA_EXECUTOR_NAME, type Wire } from '../api/index.ts';
import { ownForm } from '../dsl/convert/own-form.ts';

type TaskConfig = Wire<'TaskConfig'>;
export type Form = Readonly<Record<string, unknown>>;

/** A task's configuration in the terms of the configuration language, for people to read and for comparing. */
export interface ConfigForm {
  /**
   * What the executor gets, which is the job as written in its file. Undefined for other executors, and when the text
   * is not JSON.
   */
  readonly job: Form | undefined;
  /** What the scheduler uses; most of it repeats the executor's part. */
  readonly scheduler: Form;
}

/** Reads a configuration, whichever client submitted it. */
export function configForm(config: TaskConfig): ConfigForm {
  const job = jobIn(config);
  return { job, scheduler: schedulerForm(config, job === undefined) };
}

function jobIn({ executorConfig }: TaskConfig): Form | undefined {
  if (executorConfig?.name !== AURORA_EXECUTOR_NAME) return undefined;
  try {
    const value: unknown = JSON.parse(executorConfig.data ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? ownForm('Job', value as Form)
      : undefined;
  } catch {
    return undefined;
  }
}

const text = JSON.stringify;
const byText = (a: unknown, b: unknown): number => (text(a) < text(b) ? -1 : 1);
/** A set as a sorted list, because its order has no meaning. */
const set = (items: readonly unknown[] | undefined) => (items?.length ? [...items].sort(byText) : undefined);
const whole = (struct: object | undefined) =>
  struct && Object.keys(struct).length > 0 ? exact(struct) : undefined;
/** Converts 64 bit numbers to a form that JSON can show. */
const exact = (value: unknown): unknown =>
  JSON.parse(text(value, (_, item) => (typeof item === 'bigint' ? Number(item) : item)));

function schedulerForm(config: TaskConfig, withData: boolean): Form {
  const { resources = [], constraints = [], executorConfig, owner, taskLinks } = config;
  const amount = (name: 'numCpus' | 'ramMb' | 'diskMb' | 'numGpus') =>
    resources.map((resource) => resource[name]).find((value) => value !== undefined);
  const megabytes = (name: 'ramMb' | 'diskMb') => {
    const value = amount(name);
    return value === undefined ? undefined : Number(value) * MB;
  };
  const form = {
    owner: owner?.user,
    service: config.isService ?? false,
    production: config.production ?? false,
    priority: config.priority ?? 0,
    maxTaskFailures: config.maxTaskFailures ?? 0,
    tier: config.tier,
    contact: config.contactEmail,
    constraints: Object.fromEntries(constraints.map((one) => [one.name ?? '', constraintText(one)])),
    metadata: set(config.metadata),
    partitionPolicy: whole(config.partitionPolicy),
    slaPolicy: whole(config.slaPolicy),
    container: whole(config.container),
    mesosFetcherUris: set(config.mesosFetcherUris),
    taskLinks: whole(taskLinks),
    task: {
      resources: {
        cpu: amount('numCpus'),
        ram: megabytes('ramMb'),
        disk: megabytes('diskMb'),
        gpu: amount('numGpus'),
      },
    },
    ports: set(resources.flatMap(({ namedPort }) => (namedPort === undefined ? [] : [namedPort]))),
    executorConfig: { name: executorConfig?.name, ...(withData ? { data: executorConfig?.data } : {}) },
  };
  return exact(form) as Form;
}

const MB = 2 ** 20;

/** A constraint in the syntax of job files: `limit:1`, `a,b`, `!a,b`. */
function constraintText({ constraint }: Wire<'Constraint'>): string {
  if (constraint?.limit) return `limit:${constraint.limit.limit}`;
  const { negated = false, values = [] } = constraint?.value ?? {};
  return `${negated ? '!' : ''}${[...values].sort().join(',')}`;
}
