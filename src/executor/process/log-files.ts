import { chownSync, constants, fchownSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { AuroraError } from '../../base/errors.ts';
import type { Account } from './account.ts';

/** The directory of one run's output. Source: the original's layout, on which client and observer rely. */
export const logDirectory = (sandbox: string, process: string, run: number): string =>
  join(sandbox, '.logs', process, String(run));

/**
 * Makes the directory of a run's output; it becomes the owner's.
 * @throws AuroraError EXECUTOR when a link on the way leads out of the sandbox: the executor may be root, the task is
 * not, and could have it write anywhere
 */
export function createLogDirectory(
  sandbox: string,
  process: string,
  run: number,
  owner: Account | undefined,
): string {
  const directory = logDirectory(sandbox, process, run);
  mkdirSync(directory, { recursive: true });
  if (realpathSync(directory) !== logDirectory(realpathSync(sandbox), process, run)) {
    throw new AuroraError('EXECUTOR', 'the log directory is a link to another place', { where: directory });
  }
  if (owner) chownSync(directory, owner.uid, owner.gid);
  return directory;
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;

/** Opens one log file for writing and returns its descriptor; what is in it stays or goes as `how` says. */
export function openLog(path: string, how: 'append' | 'truncate', owner: Account | undefined): number {
  const mode = O_WRONLY | O_CREAT | O_NOFOLLOW | (how === 'append' ? O_APPEND : O_TRUNC);
  const file = openSync(path, mode, 0o644);
  if (owner) fchownSync(file, owner.uid, owner.gid);
  return file;
}
