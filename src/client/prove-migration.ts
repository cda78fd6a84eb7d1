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

/** A translated file, with the places in the original that it was made from. */
export interface ProvedFile {
  readonly target: string;
  /** The places in the original that set a field, such as `web.aurora:12`; empty when there is none. */
  originalPlaces(field: string): readonly string[];
}

/** What the translated jobs are compared with. */
export type Truth =
  | { readonly jobs: readonly ExpectedJob[] }
  /** Ask the scheduler of this cluster. */
  | { readonly cluster: string };

interface Proof {
  readonly same: number;
  readonly different: number;
}

/**
 * Compares the jobs of translated files with the truth, field by field. For each job prints `no change`, or what
 * differs and where both files set it. A job that the truth does not contain counts as different.
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

/** Describes what differs; undefined when nothing does. */
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

/** The jobs of a role and the tiers, asked from the scheduler once for each role. */
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
  // The truth may hold the tier that the scheduler filled in, or the job as it was submitted, so both forms are
  // compared and the one with fewer differences counts.
  const forms = [convertJob(job, { user, digests }), convertJob(job, { user, digests, tiers })];
  const found = forms.map(({ jobConfiguration: ours }) => {
    // Clients send no links: the scheduler makes them from the ports.
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

/** Removes empty lists, because schedulers fill some in and they mean the same as no list. */
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

/** The tiers of a scheduler whose operator has not changed them. Source: the original's tiers.json. */
const STOCK: GetTierConfigResult = {
  defaultTierName: 'preemptible',
  tiers: [
    { name: 'preferred', settings: settings(false, false) },
    { name: 'preemptible', settings: settings(true, false) },
    { name: 'revocable', settings: settings(true, true) },
  ],
};
