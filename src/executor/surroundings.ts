/** Determines a task's user and sandbox by the kind of its container. Source: the original's sandbox provider. */
import { AuroraError } from '../base/errors.ts';
import type { ExecutorFlags } from './flags.ts';
import type { Assignment } from './payload/assignment.ts';
import { type Account, accountNamed, ownAccount } from './process/account.ts';
import { linkRunDirectory } from './process/docker-sandbox.ts';
import { type ImageLaunch, imageLaunch } from './process/image-launch.ts';
import { prepareImage } from './process/image-sandbox.ts';
import { createSandbox } from './process/sandbox.ts';

export interface TaskUsers {
  /** Owner of the sandbox; undefined when its owner is not changed. */
  readonly owner: Account | undefined;
  /** User of the processes. */
  readonly account: Account;
  /** True when `account` is not the executor's own user. */
  readonly switchUser: boolean;
}

function known(name: string): Account {
  const account = accountNamed(name);
  if (account) return account;
  throw new AuroraError('EXECUTOR', `the user "${name}" does not exist on this machine`, {
    next: 'create it, or start the executor with --nosetuid',
  });
}

/** The user who runs the executor. */
export const ownUser = (): Pick<TaskUsers, 'account' | 'switchUser'> => ({
  account: ownAccount(),
  switchUser: false,
});

/**
 * Only root can switch to the role; an executor of any other user runs the processes as itself, and no owner is
 * changed. In a Docker container the image has chosen the user. Unlike in the original, --execute-as-user really
 * switches the user.
 * @throws AuroraError EXECUTOR for a user that the machine does not know
 */
export function usersOf(
  { container, role }: Assignment,
  { nosetuid, executeAsUser }: ExecutorFlags,
): TaskUsers {
  const own = ownUser();
  if (container === 'docker') return { owner: undefined, ...own };
  if (nosetuid) return { owner: executeAsUser ? known(executeAsUser) : undefined, ...own };
  if (own.account.uid !== 0) return { owner: undefined, ...own };
  const account = known(executeAsUser ?? role);
  return { owner: account, account, switchUser: account.uid !== own.account.uid };
}

interface Place {
  readonly flags: ExecutorFlags;
  readonly env: NodeJS.ProcessEnv;
  readonly runDirectory: string;
}

export interface TaskSandbox {
  /** Path as the executor sees it. */
  readonly sandbox: string;
  readonly image: ImageLaunch | undefined;
}

/** @throws AuroraError EXECUTOR with the step that was refused */
export function prepareSandbox(
  { container, volumes }: Assignment,
  users: TaskUsers,
  { flags, env, runDirectory }: Place,
): TaskSandbox {
  if (container === 'docker') linkRunDirectory(runDirectory, env.MESOS_SANDBOX ?? runDirectory);
  const sandbox = createSandbox(runDirectory, users.owner);
  if (container !== 'image') return { sandbox, image: undefined };
  const { containerizer, createUser, mountPoint } = flags.image;
  const user = createUser && users.account.uid !== 0 ? users.account : undefined;
  const launch = (rootfs: string) => imageLaunch(containerizer, rootfs, mountPoint);
  launch(''); // Fails for a missing containerizer before anything is mounted.
  const rootfs = prepareImage({ runDirectory, sandbox, mountPoint, volumes, user });
  return { sandbox, image: launch(rootfs) };
}
