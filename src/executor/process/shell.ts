import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SOFT_FILES_VARIABLE } from '../../proc/limits.ts';
import type { Account } from './account.ts';
import { type ImageLaunch, insideImage } from './image-launch.ts';

/** File with which earlier commands pass settings to later ones: bash reads it before every command. */
const PROFILE = '.thermos_profile';
const SHELL = '/bin/bash';
/** Sets a user's supplementary groups, which spawn's options uid and gid would clear; part of util-linux. */
const SETPRIV = '/usr/bin/setpriv';

/** What all commands of a task share. */
export interface ShellSetting {
  /** Path as the executor sees it. */
  readonly sandbox: string;
  /** The user they run as. */
  readonly account: Account;
  /** True when `account` is not the executor's own user. */
  readonly switchUser: boolean;
  /** The executor's environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Pass on the executor's whole environment, not only PATH. */
  readonly preserveEnv: boolean;
  /** Present when the task runs in a filesystem image. */
  readonly image?: ImageLaunch | undefined;
}

/** The environment of the task's commands. */
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

/** The command's program and arguments, and the user that the starter must switch to; undefined for no switch. */
export function shellCommand(
  cmdline: string,
  { account, switchUser, image }: ShellSetting,
): { readonly argv: readonly [string, ...string[]]; readonly user: Account | undefined } {
  const argv = [SHELL, '-c', cmdline] as const;
  // The containerizer must be root to enter the image, and switches the user itself.
  if (image) return { argv: insideImage(image, account.name, argv), user: undefined };
  return { argv: [...argv], user: switchUser ? account : undefined };
}

/** Arguments for spawn. setpriv replaces itself by the shell, so the pid is the shell's. */
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
 * Starts `/bin/bash -c <cmdline>` in the sandbox, as leader of its own session, with the environment of
 * `shellEnvironment`. If the command cannot be started, the child emits `error`.
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
