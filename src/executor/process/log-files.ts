import {
  chownSync,
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AuroraError } from '../../base/errors.ts';
import type { Account } from './account.ts';

/** The directory of one run's output. Source: the original's layout, which client and observer rely on. */
const logDirectory = (sandbox: string, process: string, run: number): string =>
  join(sandbox, '.logs', process, String(run));

function makeDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  if (lstatSync(path).isDirectory()) return;
  throw new AuroraError('EXECUTOR', 'the place of a log directory is taken by something else', {
    where: path,
  });
}

/**
 * Creates the directory of a run's output and gives it to the owner. Links are not followed: the executor may be root,
 * and with a link the task, which is not, could make it write anywhere.
 * @throws AuroraError EXECUTOR when a file or link is in the way
 */
export function createLogDirectory(
  sandbox: string,
  process: string,
  run: number,
  owner: Account | undefined,
): string {
  const directory = logDirectory(sandbox, process, run);
  for (const path of [dirname(dirname(directory)), dirname(directory), directory]) makeDirectory(path);
  if (owner) chownSync(directory, owner.uid, owner.gid);
  return directory;
}

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_TRUNC, O_WRONLY } = constants;

const HOW = { append: 0, truncate: O_TRUNC, create: O_EXCL } as const;

/**
 * Opens a log file for appending and returns its descriptor. `append` keeps what is in it, `truncate` empties it, and
 * `create` fails if the name exists. The task may have put a link or a pipe there; links are not followed, and opening
 * a pipe does not block.
 * @throws AuroraError EXECUTOR when it is no regular file, or an error of the file system
 */
export function openLog(path: string, how: keyof typeof HOW, owner: Account | undefined): number {
  const mode = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | HOW[how];
  const file = openSync(path, mode, 0o644);
  try {
    if (!fstatSync(file).isFile())
      throw new AuroraError('EXECUTOR', 'it is no regular file', { where: path });
    if (owner) fchownSync(file, owner.uid, owner.gid);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
