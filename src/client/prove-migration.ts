import type { GetTierConfigResult, Wire } from '../api/index.ts';
import { normalise } from '../api/index.ts';
import { messageOf } from '../base/errors.ts';
import { loadJobs } from '../dsl/load/load.ts';
import { assumedDigests, convertJob, type LoadedJob } from '../dsl/load/loaded-job.ts';
import { positionText } from '../dsl/load/source-positions.ts';
import { placeOf } from './change-place.ts';
import { configChanges, type FieldChange } from './config-diff.ts';
import { changesText } from './config-diff-text.ts';
import type { ExpectedJob } from './expected-jobs.ts';
import { requireOk } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import { type Session, userName } from './session.ts';

/** A translated file, and where its original says things. */
export interface ProvedFile {
  readonly target: string;
  /** `web.aurora:12`: places of the original that give a field; empty when there is none. */
  originalPlaces(field: string): readonly string[];
}

/** Where the truth comes from. */
export type Truth =
  | { readonly jobs: readonly ExpectedJob[] }
  /** The scheduler of this cluster is asked. */
  | { readonly cluster: string };

interface Proof {
  readonly same: number;
  readonly different: number;
}

/**
 * Compares the jobs of translated files with the truth, field by field, and prints for each `no change` or what differs
 * and where both files say so. A job that the truth does not know counts as different.
 */
export async function proveMigration(
  session: Session,
  files: readonly ProvedFile[],
  truth: Truth,
  binds: Readonly<Record<string, string>>,
): Promise<Proof> {
  let [same, different] = [0, 0];
  const known = new Map<string, Known>();
  for (const file of files) {
    const { jobs } = await loadJobs(file.target, { binds });
    for (const job of jobs) {
      if ('cluster' in truth && job.cluster !== truth.cluster) continue;
      const text = await verdict(session, job, file, truth, known);
      session.print(`${job.key}: ${text ?? 'no change\n'}`);
      if (text === undefined) same++;
      else different++;
    }
  }
  session.print(`${same} unchanged, ${different} different\n`);
  return { same, different };
}

interface Known {
  readonly jobs: readonly ExpectedJob[];
  readonly tiers: GetTierConfigResult;
}

/** What differs; undefined when nothing does. */
async function verdict(
  session: Session,
  job: LoadedJob,
  file: ProvedFile,
  truth: Truth,
  known: Map<string, Known>,
): Promise<string | undefined> {
  const { jobs, tiers } =
    'jobs' in truth ? { jobs: truth.jobs, tiers: STOCK } : await asked(session, job, known);
  const alike = jobs.filter(
    ({ role, environment, name }) =>
      role === job.role && environment === job.environment && name === job.name,
  );
  const expected = alike.find(({ cluster }) => cluster === job.cluster) ?? alike[0];
  if (!expected) return 'cluster' in truth ? 'does not run there\n' : 'is not in what it is compared with\n';
  try {
    const changes = await changesBetween(session, job, expected, tiers);
    if (changes.length === 0) return undefined;
    return `differs\n${changesText(changes, (change) => whereText(job, file, change))}`;
  } catch (error) {
    return `cannot be made: ${messageOf(error)}\n`;
  }
}

function whereText(job: LoadedJob, file: ProvedFile, change: FieldChange): string {
  const position = placeOf(job, change);
  const field = [...change.path].reverse().find((step) => typeof step === 'string') ?? '';
  const places = [
    ...(position ? [positionText(position)] : []),
    ...file.originalPlaces(String(field)).slice(0, 3),
  ];
  return places.length > 0 ? `(${places.join(', ')})` : '';
}

/** One question a role. */
async function asked(session: Session, job: LoadedJob, known: Map<string, Known>): Promise<Known> {
  const key = `${job.cluster}/${job.role}`;
  const before = known.get(key);
  if (before) return before;
  const scheduler = schedulerOf(session, job.cluster);
  const jobs = requireOk(await scheduler.query('getJobs', { ownerRole: job.role }), session.log, {});
  const tiers = requireOk(await scheduler.query('getTierConfigs', {}), session.log, {});
  const found: Known = {
    jobs: (jobs.result?.getJobsResult?.configs ?? []).map((configuration) => ({
      role: configuration.key?.role ?? '',
      environment: configuration.key?.environment ?? '',
      name: configuration.key?.name ?? '',
      configuration,
      cluster: job.cluster,
      executorOnly: false,
    })),
    tiers: normalise('GetTierConfigResult', tiers.result?.getTierConfigResult ?? {}),
  };
  known.set(key, found);
  return found;
}

async function changesBetween(
  session: Session,
  job: LoadedJob,
  { configuration, executorOnly }: ExpectedJob,
  tiers: GetTierConfigResult,
): Promise<readonly FieldChange[]> {
  const user = configuration.owner?.user ?? (await userName(session.env));
  const before = configuration.taskConfig ?? {};
  const digests = assumedDigests(job);
  // the truth may be the job as it was submitted, with the tier that the scheduler has for it, or before that
  const forms = [convertJob(job, { user, digests }), convertJob(job, { user, digests, tiers })];
  const found = forms.map(({ jobConfiguration: ours }) => {
    // no client sends links: a scheduler makes them of the ports that it knows
    const after: Wire<'TaskConfig'> = { ...ours.taskConfig, taskLinks: before.taskLinks };
    const changes = configChanges(
      executorOnly ? before : withoutEmpty({ ...before, owner: after.owner, job: after.job }),
      executorOnly ? { executorConfig: after.executorConfig } : withoutEmpty(after),
    );
    const outer = OUTER.flatMap((field): FieldChange[] => {
      const [old, now] = [configuration[field], ours[field]];
      if (old === undefined || old === now) return [];
      const name = field === 'instanceCount' ? 'instances' : field;
      return changes.some((change) => change.name === name)
        ? []
        : [{ path: [name], name, before: old, after: now }];
    });
    return [...outer, ...changes];
  });
  return found.reduce((fewest, one) => (one.length < fewest.length ? one : fewest));
}

/** A list without elements is the same as none: schedulers fill some in. */
function withoutEmpty<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutEmpty) as T;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).filter(([, inner]) => !(Array.isArray(inner) && inner.length === 0));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutEmpty(inner)])) as T;
}

const OUTER = ['instanceCount', 'cronSchedule', 'cronCollisionPolicy'] as const;

const settings = (preemptible: boolean, revocable: boolean) => ({
  preemptible: String(preemptible),
  revocable: String(revocable),
});

/** What a scheduler has unless its operator says otherwise. Source: the original's tiers.json. */
const STOCK: GetTierConfigResult = {
  defaultTierName: 'preemptible',
  tiers: [
    { name: 'preferred', settings: settings(false, false) },
    { name: 'preemptible', settings: settings(true, false) },
    { name: 'revocable', settings: settings(true, true) },
  ],
};
