import type { ChildProcess, StdioOptions } from 'node:child_process';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Session } from './session.ts';

/** How a program on the user's machine ended. */
export interface Ended {
  /** The exit status; after a signal it is 128 plus the signal's number, as in a shell. */
  readonly status: number;
  /** What it wrote to stdout and stderr, kept apart. */
  readonly stdout: string;
  readonly stderr: string;
}

type World = Pick<Session, 'env' | 'signal' | 'stdio'>;

/**
 * Runs a program and collects its output; it is terminated when the user interrupts the command. Throws
 * COMMAND_FAILED when it cannot be started.
 */
export async function runProgram(
  { env, signal }: World,
  program: string,
  args: readonly string[],
): Promise<Ended> {
  signal.throwIfAborted();
  const child = await started(program, args, env, ['ignore', 'pipe', 'pipe']);
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const status = await ended(child);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  return { status, ...texts };
}

/**
 * Gives the terminal to a program until it ends, and returns its exit status. Meanwhile Ctrl-C is left to the program,
 * which gets the signal from the terminal as well. Throws COMMAND_FAILED when it cannot be started.
 */
export async function handOver(
  { env, stdio }: World,
  program: string,
  args: readonly string[],
  onStart: (pid: number) => void = () => {},
): Promise<number> {
  const child = await started(program, args, env, [...stdio]);
  onStart(child.pid ?? 0);
  return ended(child);
}

async function started(
  program: string,
  args: readonly string[],
  env: Session['env'],
  stdio: StdioOptions,
): Promise<ChildProcess> {
  const { spawn } = await import('node:child_process');
  const child = spawn(program, args, { env: { ...env }, stdio });
  return new Promise((done, failed) => {
    child.once('spawn', () => done(child));
    child.once('error', (cause) =>
      failed(
        new AuroraError('COMMAND_FAILED', `${program} cannot be started: ${messageOf(cause)}`, { cause }),
      ),
    );
  });
}

const ended = (child: ChildProcess): Promise<number> =>
  new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', async (code, signal) => {
      if (code !== null) return done(code);
      const { constants } = await import('node:os');
      done(128 + (signal ? constants.signals[signal] : 0));
    });
  });
