import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_LOGGER, type ProcessLogger, type ThermosProcess } from '../../api/thermos/model.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { type CommandEnd, coordinatorProgram, startCoordinated } from '../../proc/coordinator.ts';
import { SOFT_FILES_VARIABLE } from '../../proc/limits.ts';
import type { ProcessId } from '../../proc/process-id.ts';
import type { ProcessOutcome } from '../task/planner.ts';
import type { Account } from './account.ts';
import { type RunOutput, runOutput } from './output.ts';

/** Passed to later commands by earlier ones: bash reads it before every command. */
const PROFILE = '.thermos_profile';
const SHELL = '/bin/bash';
/** Where there is no coordinator: sets the groups of a user, which spawn's own uid and gid would clear. */
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
  /** Soft limit of open files that processes get; undefined: the executor's. */
  readonly softFiles: number | undefined;
  readonly clock: Clock;
  /** Output of a process is not kept; a sentence for a person, without a full stop. */
  readonly onLogFault: (fault: string) => void;
}

/** What becomes of a run. */
export interface RunObserver {
  /** Called at once: whose descendants belong to the task. Undefined where the machine has no coordinator. */
  coordinated(coordinator: ProcessId): void;
  /** The shell runs. */
  started(pid: number): void;
  /** The shell has ended and is reaped; its output may not be complete yet. */
  reaped(pid: number): void;
  /** All is over, or never began; called once. `exit` is absent when it never began. */
  ended(outcome: ProcessOutcome, detail: string, exit?: CommandEnd): void;
  /** The coordinator has ended; `clean` when nothing of the run is left. */
  gone(coordinator: ProcessId, clean: boolean): void;
}

function environment({ sandbox, account, env, preserveEnv }: ProcessSetting): NodeJS.ProcessEnv {
  const profile = join(sandbox, PROFILE);
  return {
    ...(preserveEnv ? { ...env, [SOFT_FILES_VARIABLE]: undefined } : {}),
    PATH: env.PATH,
    HOME: sandbox,
    LOGNAME: account.name,
    USER: account.name,
    ...(existsSync(profile) ? { BASH_ENV: profile } : {}),
  };
}

const argv = (cmdline: string): string[] => [SHELL, '-c', cmdline];

/** The command and the user it starts as. setpriv replaces itself by the shell, so the pid stays the shell's. */
function command(cmdline: string, { account, switchUser }: ProcessSetting) {
  const shell = argv(cmdline);
  if (!switchUser) return { file: SHELL, args: shell.slice(1), user: {} };
  const { uid, gid, groups } = account;
  if (groups.length === 0 || !existsSync(SETPRIV)) {
    return { file: SHELL, args: shell.slice(1), user: { uid, gid } };
  }
  const become = [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${[gid, ...groups].join(',')}`, '--'];
  return { file: SETPRIV, args: [...become, ...shell], user: {} };
}

const outcomeOf = ({ code, signal }: CommandEnd): [ProcessOutcome, string] => {
  if (signal !== null) return ['lost', `killed by ${signal}`];
  return code === 0 ? ['succeeded', 'exit code 0'] : ['failed', `exit code ${code}`];
};

const couldNotStart = (why: string): string => `could not be started: ${why}`;

function observe(child: ChildProcess, output: RunOutput, observer: RunObserver): void {
  child.once('error', (error) => observer.ended('failed', couldNotStart(error.message)));
  child.once('exit', (code, signal) => {
    observer.reaped(child.pid as number);
    const exit = { code, signal };
    output.finish(() => observer.ended(...outcomeOf(exit), exit));
  });
}

/** Without a coordinator: what leaves the shell's session can only be recognised, not held. */
function launchAlone(
  cmdline: string,
  setting: ProcessSetting,
  output: RunOutput,
  observer: RunObserver,
): void {
  const { file, args, user } = command(cmdline, setting);
  const child = spawn(file, args, {
    cwd: setting.sandbox,
    env: environment(setting),
    detached: true,
    stdio: ['inherit', ...output.stdio],
    ...user,
  });
  observe(child, output, observer);
  if (child.pid !== undefined) observer.started(child.pid);
}

function launchCoordinated(
  perl: string,
  process: ThermosProcess,
  setting: ProcessSetting,
  output: RunOutput,
  observer: RunObserver,
): void {
  const { account, switchUser, softFiles, sandbox } = setting;
  let shell: number | undefined;
  let told = false;
  const over = (exit: CommandEnd) => {
    if (told) return;
    told = true;
    if (shell !== undefined) observer.reaped(shell);
    output.finish(() => observer.ended(...outcomeOf(exit), exit));
  };
  const { id } = startCoordinated(
    perl,
    {
      manner: 'run',
      name: process.name,
      file: SHELL,
      argv: argv(process.cmdline),
      env: environment(setting),
      user: switchUser ? account : undefined,
      softFiles,
    },
    { cwd: sandbox, stdio: ['inherit', ...output.stdio] },
    {
      started(pid) {
        shell = pid;
        observer.started(pid);
      },
      failed(why) {
        told = true;
        output.finish(() => observer.ended('failed', couldNotStart(why)));
      },
      ended: over,
      gone(clean) {
        // Whoever kills the coordinator kills the shell with it.
        over({ code: null, signal: 'SIGKILL' });
        if (id) observer.gone(id, clean);
      },
    },
  );
  if (id) observer.coordinated(id);
}

/**
 * Starts one run: `/bin/bash -c <cmdline>` in the sandbox, as leader of a session of its own, with a bare environment.
 * What goes wrong at the start is told to the observer, too.
 */
export function launchRun(
  process: ThermosProcess,
  run: number,
  setting: ProcessSetting,
  observer: RunObserver,
): void {
  const output = runOutput({
    sandbox: setting.sandbox,
    process: process.name,
    run,
    logger: process.logger ?? setting.logger ?? DEFAULT_LOGGER,
    owner: setting.switchUser ? setting.account : undefined,
    clock: setting.clock,
    onFault: (stream, error) =>
      setting.onLogFault(`output of "${process.name}" (${stream}) was lost: ${messageOf(error)}`),
  });
  try {
    const perl = coordinatorProgram();
    if (perl) launchCoordinated(perl, process, setting, output, observer);
    else launchAlone(process.cmdline, setting, output, observer);
  } finally {
    output.release();
  }
}
