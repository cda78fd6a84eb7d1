/** The executor's flags, spelled as the original spells them; the scheduler hands them over as it was given them. */
import { parseArgs } from 'node:util';
import { DEFAULT_LOGGER, type ProcessLogger } from '../api/thermos/model.ts';
import { AuroraError, messageOf } from '../base/errors.ts';

export interface ExecutorFlags {
  /** Run everything as the executor's own user; the sandbox then belongs to `executeAsUser`, if to anyone. */
  readonly nosetuid: boolean;
  /** Run as this user instead of the job's role. */
  readonly executeAsUser: string | undefined;
  /** Give processes all of the executor's environment. */
  readonly preserveEnv: boolean;
  /** The longest that processes may take to end when the task is killed, milliseconds. */
  readonly stopTimeoutMs: number;
  /** For processes that have no logger of their own. */
  readonly logger: ProcessLogger;
}

const OPTIONS = {
  nosetuid: { type: 'boolean' },
  'execute-as-user': { type: 'string' },
  preserve_env: { type: 'boolean' },
  stop_timeout_in_secs: { type: 'string' },
  'runner-logger-destination': { type: 'string' },
  'runner-logger-mode': { type: 'string' },
  'runner-rotate-log-size-mb': { type: 'string' },
  'runner-rotate-log-backups': { type: 'string' },
} as const;

const usage = (text: string): AuroraError =>
  new AuroraError('USAGE', text, {
    next: `known flags are ${Object.keys(OPTIONS)
      .map((name) => `--${name}`)
      .join(', ')}`,
  });

function positive(value: string | undefined, flag: string, ifAbsent: number): number {
  if (value === undefined) return ifAbsent;
  const parsed = Number(value);
  if (Number.isInteger(parsed) && parsed >= 1) return parsed;
  throw usage(`--${flag} needs a whole number of at least 1, got "${value}"`);
}

function oneOf<T extends string>(
  value: string | undefined,
  allowed: readonly T[],
  flag: string,
  ifAbsent: T,
): T {
  if (value === undefined) return ifAbsent;
  const found = allowed.find((one) => one === value);
  if (found) return found;
  throw usage(`--${flag} is one of ${allowed.join(', ')}, got "${value}"`);
}

/** @throws AuroraError USAGE for a flag that does not exist or has no such value */
export function parseFlags(argv: readonly string[]): ExecutorFlags {
  let values: ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];
  try {
    ({ values } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false }));
  } catch (error) {
    throw usage(messageOf(error));
  }
  const size = positive(values['runner-rotate-log-size-mb'], 'runner-rotate-log-size-mb', 100);
  return {
    nosetuid: values.nosetuid ?? false,
    executeAsUser: values['execute-as-user'],
    preserveEnv: values.preserve_env ?? false,
    stopTimeoutMs: positive(values.stop_timeout_in_secs, 'stop_timeout_in_secs', 120) * 1000,
    logger: {
      destination: oneOf(
        values['runner-logger-destination'],
        ['file', 'console', 'both', 'none'],
        'runner-logger-destination',
        DEFAULT_LOGGER.destination,
      ),
      mode: oneOf(
        values['runner-logger-mode'],
        ['standard', 'rotate'],
        'runner-logger-mode',
        DEFAULT_LOGGER.mode,
      ),
      rotateBytes: size * 2 ** 20,
      backups: positive(
        values['runner-rotate-log-backups'],
        'runner-rotate-log-backups',
        DEFAULT_LOGGER.backups,
      ),
    },
  };
}
