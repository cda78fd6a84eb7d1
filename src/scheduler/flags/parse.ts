import { isDeepStrictEqual } from 'node:util';
import { parseBytes, parseDurationMs } from '../../base/amounts.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import { nearestName } from './nearest.ts';
import { MISSING_FLAGS, type MissingFlag, UNUSED_FLAGS } from './original.ts';
import { type FlagSpec, type FlagType, SCHEDULER_FLAGS } from './table.ts';

interface Values {
  string: string;
  int: number;
  double: number;
  boolean: boolean;
  duration: number;
  bytes: number;
  list: readonly string[];
  regex: RegExp;
}

type Table = typeof SCHEDULER_FLAGS;
type WithDefault = { [K in keyof Table]: Table[K] extends { default: string } ? K : never }[keyof Table];
type Without = Exclude<keyof Table, WithDefault>;

/** The scheduler's options: one property per flag of the table. The suffixes `...Ms` and `...Bytes` tell the unit. */
export type SchedulerOptions = { readonly [K in WithDefault]: Values[Table[K]['type']] } & {
  readonly [K in Without]?: Values[Table[K]['type']];
} & {
  /** Flags of the original that were given but have no effect, as lines for the log. */
  readonly ignoredFlags?: readonly string[];
};

const READERS: { readonly [T in FlagType]: (text: string) => Values[T] } = {
  string: (text) => text,
  int: (text) => number(text, /^[+-]?\d+$/, 'a whole number'),
  double: (text) => number(text, /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/, 'a number'),
  boolean: (text) => {
    if (text !== 'true' && text !== 'false') throw new Error(`"${text}" is neither true nor false`);
    return text === 'true';
  },
  duration: parseDurationMs,
  bytes: parseBytes,
  list: (text) => text.split(',').filter((part) => part !== ''),
  regex: (text) => new RegExp(text),
};

function number(text: string, pattern: RegExp, what: string): number {
  if (!pattern.test(text)) throw new Error(`"${text}" is not ${what}`);
  return Number(text);
}

const ENTRIES = Object.entries(SCHEDULER_FLAGS) as [keyof Table, FlagSpec][];
const BY_NAME = new Map<string, keyof Table>(
  ENTRIES.flatMap(([option, flag]) =>
    [flag.name, ...(flag.aliases ?? [])].map((name): [string, keyof Table] => [name, option]),
  ),
);

/** Throws unless the value is one of the choices; the message names the nearest one. */
function checkChoice(choices: readonly string[], given: string): void {
  if (choices.includes(given)) return;
  const nearest = nearestName(given.toUpperCase(), choices);
  const meant = nearest ? `did you mean ${nearest}?` : `it is one of ${choices.join(', ')}`;
  throw new Error(`"${given}" is not known, ${meant}`);
}

function read(flag: FlagSpec, text: string): Values[FlagType] {
  try {
    const value = READERS[flag.type](text);
    if (flag.min !== undefined && typeof value === 'number' && !(value >= flag.min))
      throw new Error(`"${text}" is too small`);
    if (flag.max !== undefined && typeof value === 'number' && value > flag.max)
      throw new Error(`"${text}" is too large`);
    if (flag.choices) for (const given of [value].flat()) checkChoice(flag.choices, String(given));
    return value;
  } catch (error) {
    const shown = flag.default ? `, for example -${flag.name}=${flag.default}` : '';
    throw new AuroraError('USAGE', `flag -${flag.name}: ${messageOf(error)}`, {
      next: `give ${flag.type === 'int' || flag.type === 'double' ? 'a number' : `a ${flag.type}`}${shown}`,
      cause: error,
    });
  }
}

/** Whether the value equals the original's default, in which case the flag asks for nothing. */
function asksForNothing({ default: preset, type }: MissingFlag, text: string): boolean {
  if (preset === undefined) return false;
  try {
    return isDeepStrictEqual(READERS[type](text), READERS[type](preset));
  } catch {
    return false;
  }
}

function missing(given: string): AuroraError {
  const text = `flag ${given} is not supported by this version`;
  return new AuroraError('USAGE', text, { next: 'leave it out; what it sets does not exist here yet' });
}

function unknown(given: string, name: string): AuroraError {
  const nearest = nearestName(name, [...BY_NAME.keys(), ...Object.keys(UNUSED_FLAGS)]);
  return new AuroraError('USAGE', `unknown flag ${given}`, {
    next: nearest ? `did you mean -${nearest}?` : 'see aurora scheduler start --help',
  });
}

/** All options at their defaults; the starting point for tests and embedding code. */
export function defaultSchedulerOptions(): SchedulerOptions {
  const given = ENTRIES.flatMap(([option, flag]) =>
    flag.default === undefined ? [] : [[option, read(flag, flag.default)]],
  );
  return Object.fromEntries(given) as SchedulerOptions;
}

/**
 * Parses a command line: `-name=value` or `-name value`, with one dash or two, and with dashes or underscores in the
 * name. A boolean without a value means true; if a flag is repeated, the last one wins. Flags of the original that have
 * no effect are collected in `ignoredFlags`.
 * @throws AuroraError USAGE for an unknown flag (naming the nearest one), and for a bad or missing value.
 */
export function parseSchedulerFlags(argv: readonly string[]): SchedulerOptions {
  const found: Record<string, unknown> = {};
  const ignored: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const given = argv[at] as string;
    const match = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(given);
    if (!match)
      throw new AuroraError('USAGE', `unexpected argument "${given}"`, { next: 'flags begin with -' });
    const name = (match[1] as string).replaceAll('-', '_');
    const following = () => {
      const next = argv[at + 1];
      if (next === undefined || /^--?[A-Za-z]/.test(next)) return undefined;
      at++;
      return next;
    };
    const option = BY_NAME.get(name);
    if (option === undefined) {
      const shown = given.split('=', 1)[0] as string;
      const absent = MISSING_FLAGS[name];
      const reason = absent ? 'what it sets does not exist here yet' : UNUSED_FLAGS[name];
      if (reason === undefined) throw unknown(shown, name);
      const text = match[2] ?? following();
      if (absent && !asksForNothing(absent, text ?? 'true')) throw missing(shown);
      ignored.push(`flag -${name} has no effect: ${reason}`);
      continue;
    }
    const flag: FlagSpec = SCHEDULER_FLAGS[option];
    const alone = flag.type === 'boolean' ? /^(true|false)$/.test(argv[at + 1] ?? '') : true;
    const text = match[2] ?? (alone ? following() : 'true');
    if (text === undefined)
      throw new AuroraError('USAGE', `flag -${flag.name} needs a value`, {
        next: `write -${flag.name}=VALUE`,
      });
    found[option] = read(flag, text);
  }
  const extra = ignored.length > 0 ? { ignoredFlags: ignored } : {};
  return { ...defaultSchedulerOptions(), ...found, ...extra } as SchedulerOptions;
}
