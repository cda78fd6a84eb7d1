import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { AuroraError, messageOf } from '../../base/errors.ts';

/**
 * Links the host's path of the run directory to the sandbox that Docker mounted, so that paths are the same inside and
 * outside. Source: the original's DockerDirectorySandbox.
 * @throws AuroraError EXECUTOR when a step is refused or the path is taken
 */
export function linkRunDirectory(runDirectory: string, mesosSandbox: string): void {
  if (runDirectory === mesosSandbox) return;
  try {
    mkdirSync(dirname(runDirectory), { recursive: true });
    symlinkSync(mesosSandbox, runDirectory);
    chmodSync(mesosSandbox, 0o755);
  } catch (error) {
    throw new AuroraError('EXECUTOR', `the sandbox could not be linked: ${messageOf(error)}`, {
      where: runDirectory,
      next: 'let the image run the executor as a user that may write there',
      cause: error,
    });
  }
}
