import { chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { AuroraError, messageOf } from '../../base/errors.ts';
import { makeFolder } from '../../proc/make-folder.ts';
import type { Account } from './account.ts';

/**
 * Creates the directory that a task works in, `<run directory>/sandbox`. An owner gets both it and the run directory
 * (which the agent makes private to the executor's user), and the sandbox is closed to everyone else.
 * Source: the original's DirectorySandbox.
 * @returns the path of the sandbox
 * @throws AuroraError EXECUTOR when a step is refused
 */
export function createSandbox(runDirectory: string, owner: Account | undefined): string {
  const sandbox = join(runDirectory, 'sandbox');
  try {
    makeFolder(sandbox);
    if (owner) {
      for (const path of [runDirectory, sandbox]) chownSync(path, owner.uid, owner.gid);
      chmodSync(sandbox, 0o700);
    }
    return sandbox;
  } catch (error) {
    throw new AuroraError('EXECUTOR', `the sandbox could not be made: ${messageOf(error)}`, {
      where: sandbox,
      next: owner
        ? `run the executor as root, or with --nosetuid if it may not become ${owner.name}`
        : undefined,
      cause: error,
    });
  }
}
