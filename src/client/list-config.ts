import { AuroraError } from '../base/errors.ts';
import { type ConfigFlags, readJobs } from './job-config.ts';
import type { Session } from './session.ts';

/**
 * Prints the keys of all jobs of a file without checking the jobs. Throws COMMAND_FAILED when the file cannot be read.
 */
export async function listConfig(session: Session, file: string, flags: ConfigFlags): Promise<void> {
  try {
    const { jobs } = await readJobs(file, flags);
    session.give?.({ file, jobs: jobs.map(({ key }) => key) });
    session.print(`jobs=[${jobs.map(({ key }) => key).join(', ')}]\n`);
  } catch (error) {
    if (!(error instanceof AuroraError)) throw error;
    const { text, where, next } = error;
    throw new AuroraError('COMMAND_FAILED', `Error loading configuration file: ${text}`, {
      where,
      next,
      cause: error,
    });
  }
}
