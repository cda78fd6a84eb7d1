import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
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
import { identify, type ProcessId } from './process-id.ts';

const PERL = ['/usr/bin/perl', '/usr/local/bin/perl', '/bin/perl'];

/** How a command ended: exactly one of the two is there. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface CoordinatorListener {
  /** The command runs. */
  started?(pid: number): void;
  /** It could not be started; nothing else follows but `gone`. */
  failed(why: string): void;
  /** It has ended and is reaped; not called when the coordinator was killed before. */
  ended?(end: CommandEnd): void;
  /**
   * The coordinator has ended, as the last call of all. `clean`: nothing that the command started is alive. Otherwise
   * somebody killed the coordinator, and with it the command; what else there was has got away.
   */
  gone?(clean: boolean): void;
}

export interface Coordinator {
  /** Undefined when it could not be started. */
  readonly id: ProcessId | undefined;
  readonly child: ChildProcess;
  /** Hears and says no more; nothing of it keeps this process alive. */
  release(): void;
}

/** Whether this machine can run coordinators; without, a process can leave its task by forking twice. */
export const coordinatorProgram = (): string | undefined =>
  SYSTEM_CALLS[process.arch] === undefined ? undefined : PERL.find((path) => existsSync(path));

/** Whether a process of ours, known by its start time, is a coordinator. */
export function isCoordinator(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(COORDINATOR_TITLE);
  } catch {
    return false;
  }
}

const signalName = (number: number): NodeJS.Signals =>
  (Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ??
    'SIGKILL') as NodeJS.Signals;

/** Calls back for each whole line. */
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
 * @param marks the environment of the coordinator itself; the command has that of its order
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
    // In the manner of a container the code is the command's; it says the end over the link before.
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
        // The exit may have been told before this line was read.
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
