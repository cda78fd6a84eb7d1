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

/** A command to run in a sandbox. */
export interface ContainerSpec {
  readonly sandbox: string;
  /** With `shell`, /bin/sh runs `value`; without, `value` is the program and `arguments` its whole argv including argv[0]. */
  readonly command: {
    readonly shell: boolean;
    readonly value: string;
    readonly arguments: readonly string[];
  };
  readonly environment: Readonly<Record<string, string>>;
  readonly user: UnixUser | undefined;
}

/** A process with all its descendants. */
export interface TaskContainer {
  /** The coordinator if there is one, else the command. Undefined when the program could not be started. */
  readonly leader: ProcessId | undefined;
  /** Whether the program could be started. */
  readonly started: Promise<boolean>;
  /**
   * Resolves when the leader ends: raw wait status (exit code * 256, or the signal's number), or -1 when it is unknown
   * because the leader is not our child. Never rejects; does not resolve after `release`.
   */
  readonly ended: Promise<number>;
  /** What all its processes use together. */
  usage(): ProcessUsage;
  /** Sends a signal to every process of the container. */
  signal(signal: NodeJS.Signals): void;
  /** Sends SIGKILL to every process; resolves when none is left. */
  destroy(): Promise<void>;
  /** Stops watching without touching the processes; nothing here keeps this process alive any longer. */
  release(): void;
}

/** The status that FAILURE reports for an executor whose program does not exist. Source: golden/mesos, sched-32. */
const PROGRAM_MISSING_STATUS = 1001 * 256;

/** How often we check whether a leader that is not our child has ended. */
const ADOPTED_POLL_MS = 100;

const rawWaitStatus = (code: number | null, signal: NodeJS.Signals | null): number =>
  signal === null ? (code ?? 0) * 256 : constants.signals[signal];

function outputFile(spec: ContainerSpec, name: string): number {
  const file = openSync(join(spec.sandbox, name), 'a', 0o644);
  if (spec.user) fchownSync(file, spec.user.uid, spec.user.gid);
  return file;
}

/** A container without a coordinator; its processes are recognised by marks. */
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

/** How often a kill is repeated, to catch processes that were started meanwhile, and how often we look in between. */
const KILL_ROUNDS = 50;
const LOOKS_A_ROUND = 20;
const LOOK_MS = 5;
/** How long to wait for the report of a coordinator that has already ended. */
const WORD_MS = 500;

/** What a coordinator reports; each promise resolves at most once. */
interface Happenings {
  readonly started: Promise<boolean>;
  readonly ended: Promise<number>;
  /** The coordinator has ended; true when it left nothing behind. */
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
  /** The whole argv, including argv[0]. */
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

/** A promise and the function that resolves it. */
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
      // A restarted agent recognises the processes that it must end by this variable.
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
 * Starts a command as leader of its own session, with stdin from /dev/null, and stdout and stderr in files of those
 * names in the sandbox. If the program is missing, the container ends at once with a status for that.
 */
export function startContainer(spec: ContainerSpec): TaskContainer {
  const files = [outputFile(spec, 'stdout'), outputFile(spec, 'stderr')];
  const perl = coordinatorProgram();
  const command = commandOf(spec.command);
  const container = perl ? startHeld(perl, spec, command, files) : startMarked(spec, command, files);
  for (const file of files) closeSync(file);
  return container;
}

/** Takes over a container that an earlier agent started; its exit status cannot be known (-1). */
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
    // We cannot tell whether the coordinator will be killed, so assume that processes may be left and look for them.
    return coordinatedContainer(
      leader,
      sandbox,
      { started: Promise.resolve(true), ended, gone: Promise.resolve(false) },
      release,
    );
  return markedContainer(leader, sandbox, ended, release, isRunning(leader));
}
