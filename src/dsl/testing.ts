import { resolve } from 'node:path';
import type { Job } from './language/builders-jobs.ts';
import { type ConfigProblem, problemText } from './load/config-problem.ts';
import { loadJobs } from './load/load.ts';
import type { LoadOptions } from './load/load-options.ts';
import { checkFile, convertJob, imagesOf, type LoadedJob, loadedJob } from './load/loaded-job.ts';
import type { SourcePositions } from './load/source-positions.ts';
import { describer } from './schema/describe.ts';
import type { StructNode } from './schema/node.ts';

/** `aurora/testing`: for tests of your own jobs, in any runner. */

/** A job in the form for the scheduler, as plain data that is equal on every machine, for snapshots. */
interface RenderedJob {
  /** `cluster/role/environment/name`. */
  readonly key: string;
  /** The request to create the job, without the data for the executor. */
  readonly job: object;
  /** The data for the executor; null when another executor runs the job. */
  readonly executorData: object | null;
  /** Settings of an update. */
  readonly update: object;
  /** Names of the ports that the scheduler assigns. */
  readonly ports: readonly string[];
}

/** The user in rendered jobs, independent of who runs the tests. */
const USER = 'tester';

/**
 * Loads a job file like the command line does and renders its jobs. Throws with all mistakes if the file has any. Image
 * digests, which would need a registry, are shown as zeros.
 *
 * @example expect(await renderFile('web.aurora.ts', { binds: { version: '4.2' } })).toMatchSnapshot()
 */
export async function renderFile(file: string, options: LoadOptions = {}): Promise<readonly RenderedJob[]> {
  const { jobs } = await loadJobs(resolve(file), options);
  return jobs.map(rendered);
}

/**
 * Renders a job that the test has imported or made itself. Throws with all mistakes of the job.
 *
 * @example assert.equal(renderJob(webService({ instances: 3 })).ports, ['http'])
 */
export const renderJob = (job: Job, { binds = {} }: Pick<LoadOptions, 'binds'> = {}): RenderedJob =>
  rendered(loadedJob(describer()(job) as StructNode, binds, NOWHERE));

/** All mistakes of a job file, one sentence each; empty when there are none. */
export async function mistakesIn(file: string, options: LoadOptions = {}): Promise<readonly string[]> {
  return checkFile(await loadJobs(resolve(file), options)).map((problem: ConfigProblem) =>
    problemText(problem),
  );
}

const NOWHERE: SourcePositions = { original: () => undefined, of: () => undefined };

function rendered(job: LoadedJob): RenderedJob {
  const zeros = `sha256:${'0'.repeat(64)}`;
  const digests = new Map(imagesOf(job).map(({ name, tag }) => [`${name}:${tag}`, `${name}@${zeros}`]));
  const { jobConfiguration, executorData, updateSettings, ports } = convertJob(job, { user: USER, digests });
  const { executorConfig, ...taskConfig } = jobConfiguration.taskConfig ?? {};
  const executor = executorData ? { name: executorConfig?.name } : executorConfig;
  return {
    key: job.key,
    job: { ...jobConfiguration, taskConfig: { ...taskConfig, executorConfig: executor } },
    executorData,
    update: updateSettings,
    ports,
  };
}
