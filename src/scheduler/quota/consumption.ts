import type { InstanceTaskConfig, JobConfiguration, JobKey, JobUpdate, TaskConfig } from '../../api/index.ts';
import { DEDICATED } from '../../api/rules/constraints.ts';
import type { ReadStores } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';
import { larger, NOTHING, plus, type QuotaAmounts, quotaAmounts } from './quota-amounts.ts';

/** The buckets for resource usage; quota limits only the first one. */
const BUCKETS = ['prodShared', 'prodDedicated', 'nonProdShared', 'nonProdDedicated'] as const;
export type Bucket = (typeof BUCKETS)[number];

/** What a role uses, in the four buckets of getQuota. */
export type QuotaConsumption = Readonly<Record<Bucket, QuotaAmounts>>;

/** The part of an update that matters for quota: what it replaces or removes, and what it adds. */
export type UpdateInstructions = Pick<JobUpdate['instructions'], 'initialState' | 'desiredState'>;

/** The bucket that a configuration belongs to. */
export function bucketOf({ production, constraints }: TaskConfig): Bucket {
  const dedicated = constraints.some(({ name }) => name === DEDICATED);
  return `${production ? 'prod' : 'nonProd'}${dedicated ? 'Dedicated' : 'Shared'}`;
}

/** A number of tasks with the same configuration. */
type Share = readonly [config: TaskConfig, count: number];

interface Counted {
  readonly bucket: Bucket;
  readonly amounts: QuotaAmounts;
}

/** Caches what a configuration counts as; configurations are shared objects. */
const known = new WeakMap<TaskConfig, Counted>();

function countedAs(config: TaskConfig): Counted {
  const before = known.get(config);
  if (before) return before;
  const counted = { bucket: bucketOf(config), amounts: quotaAmounts(config) };
  known.set(config, counted);
  return counted;
}

/** The amounts of one task of a stored configuration, which is a shared object: computed once. */
export const amountsOf = (config: TaskConfig): QuotaAmounts => countedAs(config).amounts;

function sums(shares: Iterable<Share>): QuotaConsumption {
  const result = {
    prodShared: { ...NOTHING },
    prodDedicated: { ...NOTHING },
    nonProdShared: { ...NOTHING },
    nonProdDedicated: { ...NOTHING },
  };
  for (const [config, count] of shares) {
    const { amounts, bucket } = countedAs(config);
    const sum = result[bucket];
    const { cpus, diskMb, gpus = 0, ramMb } = amounts;
    // In place: a role may have thousands of jobs.
    sum.cpus += cpus * count;
    sum.ramMb += ramMb * count;
    sum.diskMb += diskMb * count;
    sum.gpus += gpus * count;
  }
  return result;
}

function combined(
  a: QuotaConsumption,
  b: QuotaConsumption,
  how: (a: QuotaAmounts, b: QuotaAmounts) => QuotaAmounts,
): QuotaConsumption {
  const result = { ...a };
  for (const bucket of BUCKETS) result[bucket] = how(a[bucket], b[bucket]);
  return result;
}

const countOf = ({ instances }: InstanceTaskConfig): number =>
  instances.reduce((sum, { first, last }) => sum + last - first + 1, 0);

const sharesOf = (states: readonly InstanceTaskConfig[]): Share[] =>
  states.map((state) => [state.task, countOf(state)]);

const desiredOf = ({ desiredState }: UpdateInstructions): readonly InstanceTaskConfig[] =>
  desiredState ? [desiredState] : [];

/** While an update runs, its instances may be in either state, so the larger of the two counts. */
const ofUpdate = (update: UpdateInstructions): QuotaConsumption =>
  combined(sums(sharesOf(update.initialState)), sums(sharesOf(desiredOf(update))), larger);

/** The job's active tasks whose instances the update does not touch. */
function* untouchedBy(stores: ReadStores, job: JobKey, update: UpdateInstructions): Generator<Share> {
  const touched = [...update.initialState, ...desiredOf(update)].flatMap(({ instances }) => instances);
  for (const { assignedTask } of stores.tasks.activeOf(job)) {
    const { instanceId, task } = assignedTask;
    if (!touched.some(({ first, last }) => instanceId >= first && instanceId <= last)) yield [task, 1];
  }
}

const ofCron = (stores: ReadStores, { key, taskConfig, instanceCount }: JobConfiguration): QuotaConsumption =>
  combined(sums([[taskConfig, instanceCount]]), sums(stores.tasks.activeConfigsOf(key)), larger);

/** An update that is about to start; it replaces any other update of the same job in the calculation. */
export interface ProposedUpdate {
  readonly job: JobKey;
  readonly instructions: UpdateInstructions;
}

/**
 * What the role uses, or would use with the proposed update, as the sum of: (A) active tasks of jobs that are not cron
 * jobs, except instances that an update touches; (B) the larger state of every active update; (C) for every cron job
 * the larger of its template and its tasks. The cost grows with the role's jobs, plus the tasks of those being updated.
 * Source: the original's QuotaManager.
 */
export function consumptionOfRole(
  stores: ReadStores,
  role: string,
  proposed?: ProposedUpdate,
): QuotaConsumption {
  const updates = new Map<string, UpdateInstructions>(
    stores.jobUpdates
      .activeOfRole(role)
      .map(({ summary, instructions }) => [jobKeyText(summary.key.job), instructions]),
  );
  if (proposed) updates.set(jobKeyText(proposed.job), proposed.instructions);

  const crons = stores.cronJobs.ofRole(role);
  const cronTexts = new Set(crons.map(({ key }) => jobKeyText(key)));
  const hasOthers = updates.size > 0 || cronTexts.size > 0;

  const shares: Share[] = [];
  for (const job of stores.tasks.jobsOfRole(role)) {
    const text = hasOthers ? jobKeyText(job) : '';
    if (cronTexts.has(text)) continue;
    const update = updates.get(text);
    for (const share of update ? untouchedBy(stores, job, update) : stores.tasks.activeConfigsOf(job))
      shares.push(share);
  }
  let used = sums(shares);
  for (const update of updates.values()) used = combined(used, ofUpdate(update), plus);
  for (const job of crons) used = combined(used, ofCron(stores, job), plus);
  return used;
}
