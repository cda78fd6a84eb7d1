import { normalise, type TaskConfig } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { type ConfigFlags, loadJob } from './job-config.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import type { Session } from './session.ts';

/** What is needed to run one instance of a job on this machine. */
export interface JobToTry {
  readonly taskConfig: TaskConfig;
  /** Names of the ports that a scheduler would assign. */
  readonly ports: readonly string[];
}

const cannot = (text: string, next?: string): AuroraError => new AuroraError('CONFIG', text, { next });

/**
 * Reads a job of a file without asking any server.
 * @throws AuroraError CONFIG for a job that only an agent can run, or that has no such instance
 */
export async function jobToTry(
  session: Session,
  job: ClusterJobKey,
  file: string,
  instance: number,
  config: ConfigFlags,
): Promise<JobToTry> {
  const { jobConfiguration, executorData, ports } = await loadJob(session, undefined, job, file, config);
  const { taskConfig, instanceCount = 1 } = jobConfiguration;
  const key = jobKeyText(job);
  if (!taskConfig || !executorData)
    throw cannot(`${key} runs with an executor of its own, which is not here`);
  const { docker, mesos } = taskConfig.container ?? {};
  if (docker || mesos?.image)
    throw cannot(
      `${key} runs in an image, and there is no agent here to unpack it`,
      'try it without its container',
    );
  if (instance >= instanceCount)
    throw cannot(`${key} has no instance ${instance}`, `its instances are 0 to ${instanceCount - 1}`);
  return { taskConfig: normalise('TaskConfig', taskConfig), ports };
}
