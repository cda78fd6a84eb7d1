import { writeSync } from 'node:fs';
import { type Clock, systemClock } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Terminal } from '../client/session.ts';
import { openPage } from './open-page.ts';
import type { Outside } from './run.ts';

/** What a disk that is full, or a file that may not grow, says. */
const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);

/**
 * Writes everything, waiting for a reader that is slow. False when nobody reads any more.
 * @throws AuroraError COMMAND_FAILED when the file that the output goes to takes no more
 */
function write(fd: number, text: string): boolean {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return false;
      if (FULL.has(code))
        throw new AuroraError('COMMAND_FAILED', `the output could not be written: ${messageOf(error)}`);
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WRITE_PAUSE_MS);
    }
  }
  return true;
}

const WRITE_PAUSE_MS = 5;

/** Exit code of a program whose output nobody reads any more, as a shell shows it. */
const BROKEN_PIPE = 141;

/** `performance`, which the system's clock reads, costs a command more than a millisecond to load. */
const clock: Clock = { ...systemClock, monotonicMs: () => Number(process.hrtime.bigint()) / 1e6 };

/** The world as this process has it. The first SIGINT interrupts the command, a second one ends the process. */
export function thisProcess(): Outside {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));
  return {
    env: process.env,
    clock,
    signal: interrupted.signal,
    print(text) {
      if (!write(1, text)) process.exit(BROKEN_PIPE);
    },
    complain: (text) => void write(2, text),
    openPage,
    terminal: () => (process.stdout.isTTY ? terminalOf(process.env) : undefined),
    progressTerminal: () => terminalOf(process.env),
    asker: async () => ((await isAnswered(process.env)) ? askOnTerminal : undefined),
    stdio: [0, 1, 2],
  };
}

/** Somebody sits there. `isatty` does without making process.stdin, which would keep a command alive. */
async function isAnswered(env: NodeJS.ProcessEnv): Promise<boolean> {
  const { isatty } = await import('node:tty');
  return !env.CI && env.TERM !== 'dumb' && [0, 1, 2].every((fd) => isatty(fd));
}

/** The prompts are hundreds of modules: a bundle apart, which is loaded when one is shown. */
const askOnTerminal = async (question: string): Promise<boolean> => {
  const { ask } = await import('./ask.ts');
  try {
    return await ask(question);
  } catch (error) {
    // Ctrl-C or Ctrl-D at the question
    if ((error as Error).name === 'ExitPromptError') return false;
    throw error;
  }
};

/** Nothing when stderr is a file or a pipe, in CI, and for terminals that know lines only. */
function terminalOf(env: NodeJS.ProcessEnv): Terminal | undefined {
  if (env.CI || env.TERM === 'dumb' || !process.stderr.isTTY) return undefined;
  return { size: () => ({ columns: process.stderr.columns || 80, rows: process.stderr.rows || 24 }) };
}
