/**
 * Prepares a filesystem image of the unified containerizer: its users, mounts and network files. Source: the original's
 * FileSystemImageSandbox. Nothing is unmounted, because the mounts vanish with the container's mount namespace.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Account } from './account.ts';

/** Directory below the run directory at which the agent mounts the image. */
export const IMAGE_ROOT = 'taskfs';
const NETWORK_FILES = ['/etc/resolv.conf', '/etc/hosts', '/etc/hostname'];
const STEP_LIMIT_MS = 60_000;

/** Exit codes of useradd and groupadd when the id (4) or the name (9) exists already. */
const TAKEN: readonly (number | null)[] = [4, 9];

const failed = (what: string, said: string): AuroraError =>
  new AuroraError(
    'EXECUTOR',
    `the filesystem image could not be prepared: ${what}: ${said.trim() || 'no answer'}`,
  );

function run(program: string, args: readonly string[]) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: STEP_LIMIT_MS,
  });
  return { status, stdout: stdout ?? '', said: error ? error.message : (stderr ?? '') };
}

function groupName(gid: number): string {
  const { stdout } = run('getent', ['group', String(gid)]);
  const [name] = stdout.split(':');
  return name || String(gid);
}

/** Creates the group; one that exists already must have the same name and id as on the host. */
function createGroup(rootfs: string, group: string, gid: number): void {
  const made = run('groupadd', ['-R', rootfs, '-g', String(gid), group]);
  if (made.status === 0) return;
  if (!TAKEN.includes(made.status)) throw failed(`groupadd ${group}`, made.said);
  const [name, , id] = run('chroot', [rootfs, 'getent', 'group', group]).stdout.trim().split(':');
  if (name !== group || id !== String(gid))
    throw failed(`group ${group}`, `it is ${name}:${id} there, not ${gid}`);
}

function createUser(rootfs: string, { name, uid, gid }: Account, group: string): void {
  const made = run('useradd', ['-R', rootfs, '-u', String(uid), '-g', String(gid), name]);
  if (made.status === 0) return;
  if (!TAKEN.includes(made.status)) throw failed(`useradd ${name}`, made.said);
  const found = run('chroot', [rootfs, 'id', name]).stdout.trim();
  const wanted = `uid=${uid}(${name}) gid=${gid}(${group})`;
  if (found !== wanted && !found.startsWith(`${wanted} `))
    throw failed(`user ${name}`, `it is "${found}" there`);
}

function mount(from: string, to: string): void {
  try {
    if (statSync(from).isDirectory()) mkdirSync(to, { recursive: true });
    else {
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, '', { flag: 'a' });
    }
  } catch (error) {
    throw failed(`the place for ${from}`, messageOf(error));
  }
  const made = run('mount', ['-n', '--rbind', from, to]);
  if (made.status !== 0) throw failed(`mounting ${from}`, made.said);
}

interface ImageSandboxOptions {
  readonly runDirectory: string;
  readonly sandbox: string;
  /** The sandbox inside the image. */
  readonly mountPoint: string;
  /** Container paths of the volumes that the agent mounted. */
  readonly volumes: readonly string[];
  /** User to create in the image; undefined for none. */
  readonly user: Account | undefined;
}

/**
 * @returns the root of the image on the host
 * @throws AuroraError EXECUTOR with the step that was refused
 */
export function prepareImage({
  runDirectory,
  sandbox,
  mountPoint,
  volumes,
  user,
}: ImageSandboxOptions): string {
  const rootfs = join(runDirectory, IMAGE_ROOT);
  if (!existsSync(rootfs)) throw failed(rootfs, 'the agent has mounted no image there');
  if (user) {
    const group = groupName(user.gid);
    createGroup(rootfs, group, user.gid);
    createUser(rootfs, user, group);
  }
  for (const path of volumes.filter((one) => one !== IMAGE_ROOT))
    mount(path.startsWith('/') ? path : join(runDirectory, path), join(rootfs, path));
  mount(sandbox, join(rootfs, mountPoint));
  for (const file of NETWORK_FILES.filter((one) => existsSync(one))) {
    try {
      mkdirSync(dirname(join(rootfs, file)), { recursive: true });
      copyFileSync(file, join(rootfs, file));
    } catch (error) {
      throw failed(`copying ${file}`, messageOf(error));
    }
  }
  return rootfs;
}
