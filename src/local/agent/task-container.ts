import { spawn } from 'node:child_process';
import { closeSync, fchownSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { identify, isRunning, type ProcessId } from '../../proc/process-id.ts';
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
  /** Absent when the program could not be started at all. */
  readonly leader: ProcessId | undefined;
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

function containerOf(
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

/**
 * Starts a command as leader of a session of its own, stdin from /dev/null, stdout and stderr to files of those names
 * in the sandbox. A program that is missing ends at once, with a status of its own.
 */
export function startContainer(spec: ContainerSpec): TaskContainer {
  const files = [outputFile(spec, 'stdout'), outputFile(spec, 'stderr')];
  const { shell, value, arguments: words } = spec.command;
  const [program, argv0, args] = shell
    ? ['/bin/sh', 'sh', ['-c', value]]
    : [value, words[0] ?? value, words.slice(1)];
  const child = spawn(program, args, {
    argv0,
    cwd: spec.sandbox,
    env: { ...spec.environment },
    detached: true,
    stdio: ['ignore', ...files],
    ...(spec.user && { uid: spec.user.uid, gid: spec.user.gid }),
  });
  for (const file of files) closeSync(file);
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(PROGRAM_MISSING_STATUS));
    child.once('exit', (code, signal) => resolve(rawWaitStatus(code, signal)));
  });
  const leader = child.pid === undefined ? undefined : identify(child.pid);
  return containerOf(
    leader,
    spec.sandbox,
    ended,
    () => {
      child.removeAllListeners();
      child.on('error', () => {});
      child.unref();
    },
    true,
  );
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
  return containerOf(leader, sandbox, ended, () => clearInterval(poll), isRunning(leader));
}
