import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LOGGER, type ProcessLogger, type ThermosProcess } from '../../api/thermos/model.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { ProcessOutcome } from '../task/planner.ts';
import type { Account } from './account.ts';
import { type RunOutput, runOutput } from './output.ts';

/** Passed to later commands by earlier ones: bash reads it before every command. */
const PROFILE = '.thermos_profile';
const SHELL = '/bin/bash';
/** Sets the groups of a user, which spawn's own uid and gid would clear; part of util-linux. */
const SETPRIV = '/usr/bin/setpriv';

/** The surroundings that all processes of a task share. */
interface ProcessSetting {
  readonly sandbox: string;
  /** Who they run as. */
  readonly account: Account;
  /** True when that is another user than the executor's. */
  readonly switchUser: boolean;
  /** The executor's environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Pass all of the executor's environment on, not only PATH. */
  readonly preserveEnv: boolean;
  /** For processes that have none of their own. */
  readonly logger: ProcessLogger | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What becomes of a run. */
export interface RunObserver {
  /** The shell has ended and is reaped; its output may not be complete yet. */
  reaped(pid: number): void;
  /** All is over, or never began; called once. */
  ended(outcome: ProcessOutcome, detail: string): void;
}

function environment({ sandbox, account, env, preserveEnv }: ProcessSetting): NodeJS.ProcessEnv {
  const profile = join(sandbox, PROFILE);
  return {
    ...(preserveEnv ? env : {}),
    PATH: env.PATH,
    HOME: sandbox,
    LOGNAME: account.name,
    USER: account.name,
    ...(existsSync(profile) ? { BASH_ENV: profile } : {}),
  };
}

/** The command and the user it starts as. setpriv replaces itself by the shell, so the pid stays the shell's. */
function command(cmdline: string, { account, switchUser }: ProcessSetting) {
  const shell = [SHELL, '-c', cmdline] as const;
  if (!switchUser) return { file: SHELL, args: shell.slice(1), user: {} };
  const { uid, gid, groups } = account;
  if (groups.length === 0 || !existsSync(SETPRIV)) {
    return { file: SHELL, args: shell.slice(1), user: { uid, gid } };
  }
  const become = [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${[gid, ...groups].join(',')}`, '--'];
  return { file: SETPRIV, args: [...become, ...shell], user: {} };
}

const outcomeOf = (code: number | null, signal: NodeJS.Signals | null): [ProcessOutcome, string] => {
  if (signal !== null) return ['lost', `killed by ${signal}`];
  return code === 0 ? ['succeeded', 'exit code 0'] : ['failed', `exit code ${code}`];
};

function observe(child: ChildProcess, output: RunOutput, observer: RunObserver): void {
  child.once('error', (error) => observer.ended('failed', `could not be started: ${error.message}`));
  child.once('exit', (code, signal) => {
    observer.reaped(child.pid as number);
    output.finish(() => observer.ended(...outcomeOf(code, signal)));
  });
}

/**
 * Starts one run: `/bin/bash -c <cmdline>` in the sandbox, as leader of a session of its own, with a bare environment.
 * What goes wrong at the start is told to the observer, too.
 * @returns the pid, undefined when it did not start
 * @throws AuroraError EXECUTOR, or an error of the file system, when the output cannot be prepared
 */
export function launchRun(
  process: ThermosProcess,
  run: number,
  setting: ProcessSetting,
  observer: RunObserver,
): number | undefined {
  const output = runOutput({
    sandbox: setting.sandbox,
    process: process.name,
    run,
    logger: process.logger ?? setting.logger ?? DEFAULT_LOGGER,
    owner: setting.switchUser ? setting.account : undefined,
    clock: setting.clock,
    log: setting.log,
  });
  try {
    const { file, args, user } = command(process.cmdline, setting);
    const child = spawn(file, args, {
      cwd: setting.sandbox,
      env: environment(setting),
      detached: true,
      stdio: ['inherit', ...output.stdio],
      ...user,
    });
    observe(child, output, observer);
    return child.pid;
  } finally {
    output.release();
  }
}
