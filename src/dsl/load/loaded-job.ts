import {
  type ConversionInput,
  type ConvertedJob,
  convert,
  type ImageName,
  imagesIn,
  problemsOf,
} from '../convert/convert.ts';
import { previewText } from '../resolve/resolve.ts';
import type { StructNode } from '../schema/node.ts';
import { type ConfigProblem, configError, placed, problemText } from './config-problem.ts';
import { type Position, positionText, type SourcePositions } from './source-positions.ts';

/** The four names that identify a job; the cluster is not part of the scheduler's key. */
interface JobName {
  readonly cluster: string;
  readonly role: string;
  readonly environment: string;
  readonly name: string;
}

/** An unchecked job of a file. Its names are filled in as far as possible; `api-{{color}}` remains if nothing binds it. */
export interface LoadedJob extends JobName {
  /** `cluster/role/environment/name`. */
  readonly key: string;
  /** Where the file makes the job; undefined for JSON. */
  readonly position: Position | undefined;
  readonly node: StructNode;
  readonly positions: SourcePositions;
}

/** A file that has been read. */
export interface LoadedFile {
  /** Absolute path with symbolic links resolved. */
  readonly file: string;
  /** All bundled files, as absolute paths. */
  readonly sources: readonly string[];
  readonly jobs: readonly LoadedJob[];
}

/** Adds the command line's bindings to a job. They override the job's own bindings, but not fields, tasks and processes. */
export function loadedJob(
  node: StructNode,
  binds: Readonly<Record<string, string>>,
  positions: SourcePositions,
): LoadedJob {
  const given: StructNode =
    Object.keys(binds).length > 0
      ? { ...node, binds: [{ kind: 'dict', entries: binds }, ...node.binds] }
      : node;
  const [cluster, role, environment, name] = ['cluster', 'role', 'environment', 'name'].map(
    (field) => previewText(given, field) ?? '',
  ) as [string, string, string, string];
  return {
    cluster,
    role,
    environment,
    name,
    key: `${cluster}/${role}/${environment}/${name}`,
    get position() {
      return positions.of(given, []);
    },
    node: given,
    positions,
  };
}

/**
 * The job with these names; omitted names match anything. Throws a CONFIG error when the file has no jobs, when none
 * matches (it lists the existing ones), or when several match.
 */
export function selectJob(loaded: LoadedFile, wanted: Partial<JobName>): LoadedJob {
  const { jobs, file } = loaded;
  if (jobs.length === 0) throw configError([noJobs], file);
  const fits = (job: LoadedJob) =>
    (['cluster', 'role', 'environment', 'name'] as const).every(
      (part) => wanted[part] === undefined || wanted[part] === job[part],
    );
  const [job, ...others] = jobs.filter(fits);
  const asked = [wanted.cluster, wanted.role, wanted.environment, wanted.name]
    .map((part) => part ?? '*')
    .join('/');
  if (!job) {
    const text = `there is no job ${asked}; there are ${jobs.map(listed).join(', ')}`;
    const open = jobs.filter(({ key }) => key.includes('{{'));
    const why = open.flatMap((candidate) => checkJob(candidate).filter(({ path }) => NAMES.has(path)));
    throw configError([{ kind: 'load', path: '', text }, ...why], file);
  }
  if (others.length > 0) {
    const text = `${others.length + 1} jobs are called ${asked}: ${[job, ...others].map(listed).join(', ')}`;
    throw configError([{ kind: 'load', path: '', text, position: others[0]?.position }], file);
  }
  return job;
}

const NAMES = new Set(['cluster', 'role', 'environment', 'name']);

const listed = (job: LoadedJob): string =>
  job.environment === '' ? `${job.key} (it has no environment)` : job.key;

const noJobs: ConfigProblem = {
  kind: 'no-jobs',
  path: '',
  text: 'the file has no jobs',
  next: 'end it with: export default [job]',
};

/** Images whose digests must be looked up before `convertJob`. */
export const imagesOf = (job: LoadedJob): readonly ImageName[] => imagesIn(job.node);

/**
 * All mistakes of a job with their places. Image digests are assumed to be known, unless `digests` says which are.
 */
export function checkJob(
  job: LoadedJob,
  input: Pick<ConversionInput, 'digests'> = {},
): readonly ConfigProblem[] {
  const digests = input.digests ?? assumedDigests(job);
  return problemsOf(job.node, digests).map((problem) =>
    placed(problem, job.key, job.positions.of(job.node, problem.path)),
  );
}

/** Zeros as digests of all images, for when no registry can be asked. */
export const assumedDigests = (job: LoadedJob): ReadonlyMap<string, string> =>
  new Map(imagesOf(job).map(({ name, tag }) => [`${name}:${tag}`, `${name}@sha256:${'0'.repeat(64)}`]));

/** Things in a job that are allowed but probably not intended; empty for a job with mistakes. */
export function jobWarnings(job: LoadedJob): readonly string[] {
  const result = convert(job.node, { user: '', digests: assumedDigests(job) });
  return 'converted' in result ? result.converted.warnings : [];
}

/** All mistakes of a file: of every job, and jobs with the same name. */
export function checkFile({ jobs }: LoadedFile): readonly ConfigProblem[] {
  if (jobs.length === 0) return [noJobs];
  const seen = new Map<string, LoadedJob>();
  const problems = jobs.flatMap((job) => {
    const before = seen.get(job.key);
    seen.set(job.key, before ?? job);
    const problems = checkJob(job);
    return before ? [twice(job, before), ...problems] : problems;
  });
  const said = new Set<string>();
  return problems.filter((problem) => {
    const text = placeAndText(problem);
    return !said.has(text) && said.add(text);
  });
}

/** Identifies a mistake. Jobs share values, so a mistake in a shared value is reported once, for the first job. */
const placeAndText = (problem: ConfigProblem): string =>
  problem.position ? problemText(problem) : `${problem.job} ${problemText(problem)}`;

const twice = (job: LoadedJob, before: LoadedJob): ConfigProblem => ({
  kind: 'bad-value',
  job: job.key,
  path: 'name',
  text: `${job.key} is there already${before.position ? `, from ${positionText(before.position)}` : ''}`,
  position: job.position,
});

/** The job in all forms that a client needs. Throws a CONFIG error with all mistakes of the job. */
export function convertJob(job: LoadedJob, input: ConversionInput): ConvertedJob {
  const result = convert(job.node, input);
  if ('converted' in result) return result.converted;
  const problems = result.problems.map((problem) =>
    placed(problem, job.key, job.positions.of(job.node, problem.path)),
  );
  throw configError(problems, job.key);
}
