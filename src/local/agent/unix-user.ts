import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { AuroraError } from '../../base/errors.ts';

/** The user that a command runs as. */
export interface UnixUser {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

const LOOKUP_TIMEOUT_MS = 10_000;

/**
 * Looks up the user to switch to. Undefined when that is our own user, or when we are not root and so cannot switch
 * (Mesos: --no-switch_user).
 * @throws AuroraError MESOS when the machine has no such user
 */
export async function userToSwitchTo(name: string | undefined): Promise<UnixUser | undefined> {
  if (!name || process.getuid?.() !== 0 || name === userInfo().username) return undefined;
  const unknown = (cause?: unknown) =>
    new AuroraError('MESOS', `Failed to get user information for '${name}'`, { cause });
  const { stdout } = await promisify(execFile)('getent', ['passwd', '--', name], {
    timeout: LOOKUP_TIMEOUT_MS,
  }).catch((error) => {
    throw unknown(error);
  });
  const [, , uid, gid, , home] = stdout.trim().split(':');
  if (!uid || !gid) throw unknown();
  return { uid: Number(uid), gid: Number(gid), home: home || '/' };
}
