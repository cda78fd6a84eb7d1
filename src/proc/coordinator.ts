import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import {
  COORDINATOR_TITLE,
  type CoordinatorOrder,
  encodeOrder,
  PROGRAM,
  SYSTEM_CALLS,
} from './coordinator-program.ts';
import { kernelFile } from './kernel-file.ts';

import { identify, type ProcessId } from './process-id.ts';

const PERL = ['/usr/bin/perl', '/usr/local/bin/perl', '/bin/perl'];

/** How a command ended: exactly one of the two is not null. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface CoordinatorListener {
  /** The command is running. */
  started?(pid: number): void;
  /** The command could not be started; after this only `gone` is called. */
  failed(why: string): void;
  /** The command has ended and was reaped; not called when the coordinator was killed first. */
  ended?(end: CommandEnd): void;
  /**
   * The coordinator has ended; this is the last call. `clean` means that nothing started by the command is alive. Else
   * somebody killed the coordinator, which also killed the command, but other processes may have escaped.
   */
  gone?(clean: boolean): void;
}

export interface Coordinator {
  /** Undefined when the coordinator could not be started. */
  readonly id: ProcessId | undefined;
  readonly child: ChildProcess;
  /** Stops listening and sending; the coordinator no longer keeps this process alive. */
  release(): void;
}

/**
 * The Perl that runs coordinators; undefined if this machine cannot. Then processes can escape their task by forking twice.
 */
export const coordinatorProgram = (): string | undefined =>
  SYSTEM_CALLS[process.arch] === undefined ? undefined : PERL.find((path) => existsSync(path));

/** Whether a process is a coordinator. The caller must have checked by its start time that it is one of ours. */
export function isCoordinator(pid: number): boolean {
  try {
    return kernelFile(`/proc/${pid}/cmdline`).startsWith(COORDINATOR_TITLE);
  } catch {
    return false;
  }
}

const signalName = (number: number): NodeJS.Signals =>
  (Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ??
    'SIGKILL') as NodeJS.Signals;

/** Calls `line` for each complete line. */
function onLines(socket: Socket, line: (text: string) => void): void {
  let rest = '';
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const one of lines) line(one);
  });
}

/**
 * Starts a command below a coordinator, as leader of a session of its own.
 * @param perl from `coordinatorProgram`
 * @param marks environment of the coordinator itself; the command gets the environment in the order
 */
export function startCoordinated(
  perl: string,
  order: CoordinatorOrder,
  place: { readonly cwd: string; readonly stdio: StdioOptions; readonly marks?: Record<string, string> },
  listener: CoordinatorListener,
): Coordinator {
  const child = spawn(perl, ['-e', PROGRAM], {
    cwd: place.cwd,
    env: place.marks ?? {},
    detached: true,
    stdio: [...(place.stdio as string[]), 'pipe'] as StdioOptions,
  });
  let clean = false;
  let failed = false;
  let open = 2;
  const close = () => {
    if (--open === 0) listener.gone?.(clean);
  };
  child.once('error', (error) => {
    failed = true;
    listener.failed(error.message);
    open = 1;
    close();
  });
  child.once('exit', (code) => {
    // In the manner of a container the exit code is the command's; the link has reported the end before.
    clean ||= order.manner === 'run' && code === 0;
    close();
  });
  const link = child.stdio[3] as Socket | undefined;
  link?.on('error', () => link.destroy());
  link?.once('close', close);
  if (link) {
    onLines(link, (line) => {
      const [what, text] = line.split(' ');
      const number = Number(text);
      if (what === 'failed') {
        failed = true;
        listener.failed(getSystemErrorName(-number));
      }
      if (failed) return;
      if (what === 'pid') listener.started?.(number);
      else if (what === 'exit' || what === 'signal') {
        // The coordinator's exit may have been reported before this line was read.
        clean ||= order.manner === 'container';
        listener.ended?.(
          what === 'exit' ? { code: number, signal: null } : { code: null, signal: signalName(number) },
        );
      }
    });
    link.end(encodeOrder(order, process.pid, SYSTEM_CALLS[process.arch] ?? ''));
  }
  return {
    id: child.pid === undefined ? undefined : identify(child.pid),
    child,
    release() {
      child.removeAllListeners();
      child.on('error', () => {});
      child.unref();
      link?.removeAllListeners();
      link?.on('error', () => {});
      link?.destroy();
    },
  };
}
