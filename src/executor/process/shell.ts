import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SOFT_FILES_VARIABLE } from '../../proc/limits.ts';
import type { Account } from './account.ts';
import { type ImageLaunch, insideImage } from './image-launch.ts';

/** Passed to later commands by earlier ones: bash reads it before every command. */
const PROFILE = '.thermos_profile';
const SHELL = '/bin/bash';
/** Sets the groups of a user, which spawn's own uid and gid would clear; part of util-linux. */
const SETPRIV = '/usr/bin/setpriv';

/** What all commands of a task share. */
export interface ShellSetting {
  /** As the executor sees it. */
  readonly sandbox: string;
  /** Who they run as. */
  readonly account: Account;
  /** True when that is another user than the executor's. */
  readonly switchUser: boolean;
  /** The executor's environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Pass all of the executor's environment on, not only PATH. */
  readonly preserveEnv: boolean;
  /** Present when the task runs in a filesystem image. */
  readonly image?: ImageLaunch | undefined;
}

/** What a command of the task gets, whatever the executor has. */
export function shellEnvironment({
  sandbox,
  account,
  env,
  preserveEnv,
  image,
}: ShellSetting): NodeJS.ProcessEnv {
  const home = image?.mountPoint ?? sandbox;
  return {
    ...(preserveEnv ? { ...env, [SOFT_FILES_VARIABLE]: undefined } : {}),
    PATH: env.PATH,
    HOME: home,
    LOGNAME: account.name,
    USER: account.name,
    ...(existsSync(join(sandbox, PROFILE)) ? { BASH_ENV: join(home, PROFILE) } : {}),
  };
}

/** The words of a command, and the user that whoever starts it has to become; undefined for nobody else. */
export function shellCommand(
  cmdline: string,
  { account, switchUser, image }: ShellSetting,
): { readonly argv: readonly [string, ...string[]]; readonly user: Account | undefined } {
  const argv = [SHELL, '-c', cmdline] as const;
  // The containerizer has to be root to enter the image, and becomes the user itself.
  if (image) return { argv: insideImage(image, account.name, argv), user: undefined };
  return { argv: [...argv], user: switchUser ? account : undefined };
}

/** For spawn. setpriv replaces itself by the shell, so the pid stays the shell's. */
function spawnable(cmdline: string, setting: ShellSetting) {
  const { argv, user } = shellCommand(cmdline, setting);
  const [file, ...args] = argv;
  if (!user) return { file, args, user: {} };
  const { uid, gid, groups } = user;
  if (groups.length === 0 || !existsSync(SETPRIV)) return { file, args, user: { uid, gid } };
  const become = [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${[gid, ...groups].join(',')}`, '--'];
  return { file: SETPRIV, args: [...become, ...argv], user: {} };
}

/**
 * Starts `/bin/bash -c <cmdline>` in the sandbox, as leader of a session of its own, with a bare environment. A command
 * that cannot be started is told by the child's `error`.
 */
export function spawnShell(cmdline: string, setting: ShellSetting, stdio: StdioOptions): ChildProcess {
  const { file, args, user } = spawnable(cmdline, setting);
  return spawn(file, args, {
    cwd: setting.sandbox,
    env: shellEnvironment(setting),
    detached: true,
    stdio,
    ...user,
  });
}
