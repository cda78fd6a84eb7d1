import { writeSync } from 'node:fs';
import { type Clock, systemClock } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Terminal } from '../client/session.ts';
import { openPage } from './open-page.ts';
import type { Outside } from './run.ts';

/** Error codes of writes that the disk or a limit of the file's size does not allow. */
const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);

/**
 * Writes the whole text, waiting for a slow reader. Returns false when nobody reads any more.
 * @throws AuroraError COMMAND_FAILED when the file that the output goes to cannot be written to
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

/** The exit code of a program whose reader has gone away, as a shell shows it. */
const BROKEN_PIPE = 141;

/** Replaces the system clock's `performance`, because loading that costs a command more than a millisecond. */
const clock: Clock = { ...systemClock, monotonicMs: () => Number(process.hrtime.bigint()) / 1e6 };

/** The session of this process. The first SIGINT interrupts the command, a second one ends the process. */
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

/** Whether someone sits at the terminal. Uses `isatty`, because creating process.stdin would keep a command alive. */
async function isAnswered(env: NodeJS.ProcessEnv): Promise<boolean> {
  const { isatty } = await import('node:tty');
  return !env.CI && env.TERM !== 'dumb' && [0, 1, 2].every((fd) => isatty(fd));
}

/** Asks a question. The prompts consist of hundreds of modules, so they are in a bundle that is only loaded here. */
const askOnTerminal = async (question: string): Promise<boolean> => {
  const { ask } = await import('./ask.ts');
  try {
    return await ask(question);
  } catch (error) {
    // Ctrl-C or Ctrl-D at the question.
    if ((error as Error).name === 'ExitPromptError') return false;
    throw error;
  }
};

/** The terminal that stderr goes to; undefined for a file or a pipe, in CI, and for a dumb terminal. */
function terminalOf(env: NodeJS.ProcessEnv): Terminal | undefined {
  if (env.CI || env.TERM === 'dumb' || !process.stderr.isTTY) return undefined;
  return { size: () => ({ columns: process.stderr.columns || 80, rows: process.stderr.rows || 24 }) };
}
