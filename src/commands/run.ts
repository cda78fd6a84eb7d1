import { AuroraError, ERRORS, messageOf } from '../base/errors.ts';
import { commandLog } from '../client/log.ts';
import type { Session } from '../client/session.ts';
import type { CommandClass } from './command.ts';
import { oclifConfig } from './oclif-config.ts';
import { plainWords } from './words.ts';

/** The session without its log, which depends on the command's flags. */
export type Outside = Omit<Session, 'log'>;

/** Runs a command; the result is the exit code. Failures are told on stderr, in one line where they fit in one. */
export async function runCommand(
  Class: CommandClass,
  words: readonly string[],
  outside: Outside,
): Promise<number> {
  const verbose = Class.strict && words.some((word) => word === '-v' || word === '--verbose');
  const log = commandLog(outside.complain, verbose);
  try {
    const argv = Class.strict ? plainWords(words, Class.flags) : [...words];
    return await new Class(argv, oclifConfig, { ...outside, log }).execute();
  } catch (error) {
    if (outside.signal.aborted) {
      log.error({}, 'Command interrupted by user');
      return ERRORS.INTERRUPTED.exit;
    }
    return failed(error, Class.id, outside);
  }
}

/** Tells what went wrong with a command, or with finding one; the result is the exit code. */
export function failed(error: unknown, command: string | undefined, { complain, env }: Outside): number {
  const program = command === undefined ? 'aurora' : `aurora ${command}`;
  const usage = (text: string) => {
    complain(`${program}: ${text}\nsee ${program} --help\n`);
    return ERRORS.USAGE.exit;
  };
  if (isParserError(error)) return usage(plainText(messageOf(error)));
  if (!(error instanceof AuroraError)) {
    const trace = error instanceof Error && env.AURORA_TRACE ? `${error.stack}\n` : '';
    complain(
      `${program}: ${messageOf(error)}: this is a bug in aurora; set AURORA_TRACE=1 to see where\n${trace}`,
    );
    return ERRORS.BUG.exit;
  }
  // oclif writes into the message of an error that comes out of reading a flag
  const { message } = new AuroraError(error.code, error.text, error);
  if (error.exitCode === ERRORS.USAGE.exit) return usage(message);
  complain(`${message}\n`);
  return error.exitCode;
}

/** oclif marks the failures of its parser with an exit code. */
const isParserError = (error: unknown): boolean =>
  error instanceof Error && ('oclif' in error || 'parse' in error);

/** One line, without oclif's hints. */
const plainText = (text: string): string =>
  text
    .replaceAll(/\x1b\[\d+m/g, '')
    .replace(/\n?See more help with --help/, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
