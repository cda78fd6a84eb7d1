import { spawn } from 'node:child_process';
import { closeSync, fchownSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { coordinatorProgram, isCoordinator, startCoordinated } from '../../proc/coordinator.ts';
import { descendantsOf } from '../../proc/descendants.ts';
import { startedSoftFiles } from '../../proc/limits.ts';
import { identify, isRunning, type ProcessId, signalProcess } from '../../proc/process-id.ts';
import { type ProcessUsage, usageOf } from '../../proc/usage.ts';
import { type ContainerMarks, containerProcesses, killContainer, signalContainer } from './process-tree.ts';
import type { UnixUser } from './unix-user.ts';

/** A command line, in a sandbox. */
export interface ContainerSpec {
  readonly sandbox: string;
  /** `shell` true: `value` is handed to /bin/sh; else it is the program and `arguments` its whole argv, name first. */
  readonly command: {
    readonly shell: boolean;
    readonly value: string;
    readonly arguments: readonly string[];
  };
  readonly environment: Readonly<Record<string, string>>;
  readonly user: UnixUser | undefined;
}

/** A process with everything that descends from it. */
export interface TaskContainer {
  /** The coordinator where there is one, else the command. Absent when the program could not be started at all. */
  readonly leader: ProcessId | undefined;
  /** Whether the program could be started. */
  readonly started: Promise<boolean>;
  /**
   * Resolves when the leader ends: raw wait status (exit code * 256, or the number of the signal), or -1 when it is not
   * known because somebody else was its parent. Never rejects; does not resolve after `release`.
   */
  readonly ended: Promise<number>;
  /** What all its processes use. */
  usage(): ProcessUsage;
  /** A signal to every process of the container. */
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL to every process; resolves when none is left. */
  destroy(): Promise<void>;
  /** Lets go without touching the processes: nothing of it keeps this process alive any longer. */
  release(): void;
}

/** What FAILURE says about an executor whose program does not exist. Source: golden/mesos, sched-32. */
const PROGRAM_MISSING_STATUS = 1001 * 256;

/** How often the end of a process is looked for whose parent we are not. */
const ADOPTED_POLL_MS = 100;

const rawWaitStatus = (code: number | null, signal: NodeJS.Signals | null): number =>
  signal === null ? (code ?? 0) * 256 : constants.signals[signal];

function outputFile(spec: ContainerSpec, name: string): number {
  const file = openSync(join(spec.sandbox, name), 'a', 0o644);
  if (spec.user) fchownSync(file, spec.user.uid, spec.user.gid);
  return file;
}

/** Where nothing holds the processes together they are recognised by marks. */
function markedContainer(
  leader: ProcessId | undefined,
  sandbox: string,
  ended: Promise<number>,
  release: () => void,
  wasSeenAlive: boolean,
): TaskContainer {
  const marks = (leaderIsFresh: boolean): ContainerMarks | undefined =>
    leader && { leader, folder: sandbox, leaderIsFresh };
  let isFresh = wasSeenAlive;
  const settle = () => {
    isFresh = false;
  };
  void ended.then(() => setImmediate(() => setImmediate(settle)));
  const current = () => marks(isFresh);
  return {
    leader,
    started: Promise.resolve(leader !== undefined),
    ended,
    usage() {
      const target = current();
      return usageOf(target ? containerProcesses(target) : []);
    },
    signal(signal) {
      const target = current();
      if (target) signalContainer(target, signal);
    },
    async destroy() {
      const target = current();
      if (target) await killContainer(target);
    },
    release,
  };
}

/** How often a kill is repeated for processes that were being born meanwhile, and looks for its success in between. */
const KILL_ROUNDS = 50;
const LOOKS_A_ROUND = 20;
const LOOK_MS = 5;
/** How long word of a coordinator's end may take that is seen to have ended. */
const WORD_MS = 500;

/** What is told of a command below a coordinator, each once. */
interface Happenings {
  readonly started: Promise<boolean>;
  readonly ended: Promise<number>;
  /** The coordinator has ended: whether it left nothing behind. */
  readonly gone: Promise<boolean>;
}

function coordinatedContainer(
  coordinator: ProcessId,
  sandbox: string,
  { started, ended, gone }: Happenings,
  release: () => void,
): TaskContainer {
  const below = () => (isRunning(coordinator) ? descendantsOf([coordinator.pid]) : []);
  const signal = (what: NodeJS.Signals) => {
    for (const member of below()) signalProcess(member, what);
  };
  return {
    leader: coordinator,
    started,
    ended,
    usage: () => usageOf(below()),
    signal,
    async destroy() {
      for (let round = 0; round < KILL_ROUNDS && isRunning(coordinator); round++) {
        signal('SIGKILL');
        for (let look = 0; look < LOOKS_A_ROUND && isRunning(coordinator); look++) await pause(LOOK_MS);
      }
      const clean = await Promise.race([gone, pause(WORD_MS).then(() => false)]);
      if (!clean) await killContainer({ leader: coordinator, folder: sandbox, leaderIsFresh: false });
    },
    release,
  };
}

interface Command {
  readonly program: string;
  /** The whole argv, name first. */
  readonly words: readonly string[];
}

const commandOf = ({ shell, value, arguments: words }: ContainerSpec['command']): Command =>
  shell
    ? { program: '/bin/sh', words: ['sh', '-c', value] }
    : { program: value, words: words.length > 0 ? words : [value] };

function startMarked(
  spec: ContainerSpec,
  { program, words }: Command,
  files: readonly number[],
): TaskContainer {
  const child = spawn(program, words.slice(1), {
    argv0: words[0] ?? program,
    cwd: spec.sandbox,
    env: { ...spec.environment },
    detached: true,
    stdio: ['ignore', ...files],
    ...(spec.user && { uid: spec.user.uid, gid: spec.user.gid }),
  });
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(PROGRAM_MISSING_STATUS));
    child.once('exit', (code, signal) => resolve(rawWaitStatus(code, signal)));
  });
  const release = () => {
    child.removeAllListeners();
    child.on('error', () => {});
    child.unref();
  };
  const leader = child.pid === undefined ? undefined : identify(child.pid);
  return markedContainer(leader, spec.sandbox, ended, release, true);
}

/** A promise and how to keep it. */
function promised<T>(): readonly [promise: Promise<T>, keep: (value: T) => void] {
  let keep: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    keep = resolve;
  });
  return [promise, keep];
}

function startHeld(
  perl: string,
  spec: ContainerSpec,
  { program, words }: Command,
  files: readonly number[],
): TaskContainer {
  const [started, tellStarted] = promised<boolean>();
  const [ended, tellEnded] = promised<number>();
  const [gone, tellGone] = promised<boolean>();
  let runs = false;
  const missing = () => {
    if (runs) return;
    tellStarted(false);
    tellEnded(PROGRAM_MISSING_STATUS);
  };
  const { child, id, release } = startCoordinated(
    perl,
    {
      manner: 'container',
      name: program,
      file: program,
      argv: words,
      env: spec.environment,
      user: spec.user && { ...spec.user, groups: [] },
      softFiles: startedSoftFiles(process.env),
    },
    {
      cwd: spec.sandbox,
      stdio: ['ignore', ...files],
      // An agent that is started again finds what it has to end by this.
      marks: { MESOS_DIRECTORY: spec.sandbox },
    },
    {
      started() {
        runs = true;
        tellStarted(true);
      },
      failed: missing,
      gone(clean) {
        missing();
        tellGone(clean);
      },
    },
  );
  child.once('exit', (code, signal) => void started.then(() => tellEnded(rawWaitStatus(code, signal))));
  if (id) return coordinatedContainer(id, spec.sandbox, { started, ended, gone }, release);
  return markedContainer(undefined, spec.sandbox, ended, release, false);
}

/**
 * Starts a command as leader of a session of its own, stdin from /dev/null, stdout and stderr to files of those names
 * in the sandbox. A program that is missing ends at once, with a status of its own.
 */
export function startContainer(spec: ContainerSpec): TaskContainer {
  const files = [outputFile(spec, 'stdout'), outputFile(spec, 'stderr')];
  const perl = coordinatorProgram();
  const command = commandOf(spec.command);
  const container = perl ? startHeld(perl, spec, command, files) : startMarked(spec, command, files);
  for (const file of files) closeSync(file);
  return container;
}

/** Takes over a container that an earlier agent started; its exit status cannot be known any more (-1). */
export function adoptContainer(leader: ProcessId, sandbox: string): TaskContainer {
  let poll: NodeJS.Timeout | undefined;
  const ended = new Promise<number>((resolve) => {
    poll = setInterval(() => {
      if (isRunning(leader)) return;
      clearInterval(poll);
      resolve(-1);
    }, ADOPTED_POLL_MS);
  });
  const release = () => clearInterval(poll);
  if (isRunning(leader) && isCoordinator(leader.pid))
    // Whether it was killed, nobody can tell: what it may have left is looked for.
    return coordinatedContainer(
      leader,
      sandbox,
      { started: Promise.resolve(true), ended, gone: Promise.resolve(false) },
      release,
    );
  return markedContainer(leader, sandbox, ended, release, isRunning(leader));
}
