import { type GetTierConfigResult, normalise } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import type { ConvertedJob } from '../dsl/convert/convert.ts';
import { configError, problemText } from '../dsl/load/config-problem.ts';
import { loadJobs } from '../dsl/load/load.ts';
import {
  assumedDigests,
  checkJob,
  convertJob,
  imagesOf,
  type LoadedFile,
  type LoadedJob,
  selectJob,
} from '../dsl/load/loaded-job.ts';
import { readJsonJobs } from '../dsl/load/read-json.ts';
import { clusterNamed, loadClusters } from './clusters.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { requireOk } from './response.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import { type Session, userName } from './session.ts';

/** The options for reading a configuration file. */
export interface ConfigFlags {
  /** The values of `--bind` by name; when a name is repeated the last one counts. */
  readonly binds: Readonly<Record<string, string>>;
  /** Read the file as JSON. */
  readonly json: boolean;
  /** Also report type errors of the file, found with the compiler of the file's own project. */
  readonly typecheck?: boolean | undefined;
}

/** Reads the jobs of a file without checking them, except for types when asked. Throws CONFIG. */
export async function readJobs(file: string, { binds, json, typecheck }: ConfigFlags): Promise<LoadedFile> {
  if (json) return readJsonJobs(file, { binds });
  const loaded = await loadJobs(file, { binds });
  if (typecheck) {
    const types = await import('../dsl/load/typecheck.ts');
    const problems = types.typecheck(file);
    if (problems.length > 0) throw configError(problems, file);
  }
  return loaded;
}

/** A converted job together with its source from the file. */
export interface JobOfFile extends ConvertedJob {
  readonly source: LoadedJob;
}

/**
 * Reads a file, selects a job and converts it to what the scheduler takes. On the way it asks the cluster's Docker
 * registry for the digests of images that the job names by tag, and the scheduler for its tiers.
 * Without `scheduler` no server is asked: the job keeps its own tier, and digests are zeros. The job is checked before
 * any server is asked, except for values that are only missing. Warnings are logged. When the job is only to be shown
 * (`forShow`), problems that would make it fail are logged as well. Throws CONFIG with the original's prefix, which
 * scripts look for, and whatever the call throws.
 */
export async function loadJob(
  session: Session,
  scheduler: (() => SchedulerClient) | undefined,
  key: ClusterJobKey,
  file: string,
  flags: ConfigFlags,
  forShow = false,
): Promise<JobOfFile> {
  return await loading(async () => {
    const job = selectJob(await readJobs(file, flags), key);
    const problems = checkJob(job);
    const fatal = problems.filter(({ doomed }) => !doomed || (doomed === 'job' && !forShow));
    if (fatal.some(({ late }) => !late)) throw configError(fatal, jobKeyText(key));
    for (const problem of problems.filter(({ doomed }) => doomed))
      session.log.warn({}, `${jobKeyText(key)}: ${problemText(problem)}`);
    const digests = scheduler ? await digestsFor(session, job) : assumedDigests(job);
    const tiers = scheduler && (await tiersOf(session, scheduler()));
    const converted = convertJob(job, { user: await userName(session.env), tiers, digests });
    for (const warning of converted.warnings) session.log.warn({}, `${jobKeyText(key)}: ${warning}`);
    return { ...converted, source: job };
  });
}

/** The digests of the job's images; no registry is asked when there are no images. */
async function digestsFor(session: Session, job: LoadedJob): Promise<ReadonlyMap<string, string>> {
  const images = imagesOf(job);
  if (images.length === 0) return new Map();
  const { dockerRegistry } = clusterNamed(loadClusters(session), job.cluster);
  const { DEFAULT_REGISTRY, imageDigests } = await import('./docker-registry.ts');
  return imageDigests(session, dockerRegistry ?? DEFAULT_REGISTRY, images);
}

async function tiersOf({ log }: Session, scheduler: SchedulerClient): Promise<GetTierConfigResult> {
  const response = await scheduler.query('getTierConfigs', {});
  const header = 'the scheduler does not tell its tiers:';
  const { result } = requireOk(response, log, { header, code: 'CONFIG' });
  return normalise('GetTierConfigResult', result?.getTierConfigResult ?? {});
}

const PREFIXED = new Set(['CONFIG', 'UNKNOWN_CLUSTER']);

async function loading<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof AuroraError && PREFIXED.has(error.code))) throw error;
    const { code, text, where, next } = error;
    throw new AuroraError(code, `Error loading configuration: ${text}`, { where, next, cause: error });
  }
}
