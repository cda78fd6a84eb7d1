import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { DEFAULT_LOGGER, type ProcessLogger, type ThermosProcess } from '../../api/thermos/model.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { oomKills } from '../../proc/cgroup.ts';
import { type CommandEnd, coordinatorProgram, startCoordinated } from '../../proc/coordinator.ts';
import type { ProcessId } from '../../proc/process-id.ts';
import type { ProcessOutcome } from '../task/planner.ts';
import { type Onlooker, type RunOutput, runOutput } from './output.ts';
import { type ShellSetting, shellCommand, shellEnvironment, spawnShell } from './shell.ts';

/** The surroundings that all processes of a task share. */
interface ProcessSetting extends ShellSetting {
  /** Used for processes that have no logger of their own. */
  readonly logger: ProcessLogger | undefined;
  /** Soft limit of open files for processes; undefined keeps the executor's. */
  readonly softFiles: number | undefined;
  readonly clock: Clock;
  readonly onlooker?: Onlooker | undefined;
  /** Called when output of a process is lost; `fault` is a sentence for people, without a full stop. */
  readonly onLogFault: (fault: string) => void;
  /** How many processes the kernel has killed for lack of memory; tests replace it. */
  readonly oomKills?: () => number;
}

/** Learns what becomes of a run. */
export interface RunObserver {
  /** Called at once with the process whose descendants belong to the task; not called where there is no coordinator. */
  coordinated(coordinator: ProcessId): void;
  /** The shell runs. */
  started(pid: number): void;
  /** The shell has ended and is reaped; its output may not be complete yet. */
  reaped(pid: number): void;
  /** The run is over and its output complete, or it never began; called once. `exit` is absent when it never began. */
  ended(outcome: ProcessOutcome, detail: string, exit?: CommandEnd): void;
  /** The coordinator has ended; `clean` when nothing of the run is left. */
  gone(coordinator: ProcessId, clean: boolean): void;
}

/** Exit code of a shell whose command was killed by SIGKILL. */
const SHELL_OF_KILLED = 137;

/**
 * Makes the function that judges an end. Death by a signal counts as failure: healthy processes get none before the
 * end.
 */
function outcomesSince(kills: () => number): (end: CommandEnd) => [ProcessOutcome, string] {
  const before = kills();
  return ({ code, signal }) => {
    const killed = signal === 'SIGKILL' || code === SHELL_OF_KILLED;
    const count = killed ? kills() - before : 0;
    const times = count === 1 ? '1 process' : `${count} processes`;
    const why = count > 0 ? `, because the task was out of memory (the kernel killed ${times})` : '';
    if (signal !== null) return ['failed', `killed by ${signal}${why}`];
    return code === 0 ? ['succeeded', 'exit code 0'] : ['failed', `exit code ${code}${why}`];
  };
}

/** Without its working directory, the system says of the program that it does not exist. */
const couldNotStart = (why: string, sandbox: string): string =>
  `could not be started: ${existsSync(sandbox) ? why : `its sandbox is gone, ${sandbox} was removed while the task ran`}`;

function observe(
  child: ChildProcess,
  output: RunOutput,
  observer: RunObserver,
  outcomeOf: (end: CommandEnd) => [ProcessOutcome, string],
  sandbox: string,
): void {
  child.once('error', (error) => observer.ended('failed', couldNotStart(error.message, sandbox)));
  child.once('exit', (code, signal) => {
    observer.reaped(child.pid as number);
    const exit = { code, signal };
    output.finish(() => observer.ended(...outcomeOf(exit), exit));
  });
}

/** Starts a run without a coordinator; processes that leave the shell's session must be recognised, see tree.ts. */
function launchAlone(
  cmdline: string,
  setting: ProcessSetting,
  output: RunOutput,
  observer: RunObserver,
): void {
  const child = spawnShell(cmdline, setting, ['inherit', ...output.stdio]);
  observe(child, output, observer, outcomesSince(setting.oomKills ?? oomKills), setting.sandbox);
  if (child.pid !== undefined) observer.started(child.pid);
}

function launchCoordinated(
  perl: string,
  process: ThermosProcess,
  setting: ProcessSetting,
  output: RunOutput,
  observer: RunObserver,
): void {
  const { softFiles, sandbox } = setting;
  const { argv, user } = shellCommand(process.cmdline, setting);
  const outcomeOf = outcomesSince(setting.oomKills ?? oomKills);
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
      file: argv[0],
      argv: [...argv],
      env: shellEnvironment(setting),
      user,
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
        output.finish(() => observer.ended('failed', couldNotStart(why, sandbox)));
      },
      ended: over,
      gone(clean) {
        // If the coordinator is killed, the shell dies with it.
        over({ code: null, signal: 'SIGKILL' });
        if (id) observer.gone(id, clean);
      },
    },
  );
  if (id) observer.coordinated(id);
}

/**
 * Starts one run: `/bin/bash -c <cmdline>` in the sandbox, as leader of its own session, with a minimal environment
 * unless `preserveEnv` is set. A command that cannot be started is reported to the observer.
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
    onlooker: setting.onlooker,
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
