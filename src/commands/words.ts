import type { Command } from '@oclif/core/command';
import { AuroraError } from '../base/errors.ts';

type Flags = Command.Class['flags'];

/**
 * Prepares the words of a command line for oclif's parser: abbreviated long flags are written out, and of repeated
 * values for a flag that takes one only the last is kept. Throws USAGE for an ambiguous abbreviation. Source: the
 * original's argument parser; scripts rely on both.
 */
export function plainWords(words: readonly string[], flags: Flags): string[] {
  const end = words.indexOf('--');
  const own = (end < 0 ? words : words.slice(0, end)).map((word) => writtenOut(word, flags));
  const rest = end < 0 ? [] : words.slice(end);
  return [...withoutRepetitions(own, flags).map((word) => marked(word, flags)), ...rest];
}

/**
 * Marks a value that is attached to its flag but looks like another flag, as in `--ssh-options=-v`, so that oclif does
 * not take it for one.
 */
const MARK = '\0';

function marked(word: string, flags: Flags): string {
  const [, name = '', value = ''] = /^(--[^=]+=)([\s\S]*)$/.exec(word) ?? [];
  const looksLikeFlag = value.startsWith('--')
    ? value
        .slice(2)
        .split('=', 1)
        .some((given) => given in flags)
    : charFlag(value, flags) !== undefined;
  return looksLikeFlag ? `${name}${MARK}${value}` : word;
}

/** The values of flags, without the marks that `plainWords` added. */
export const withoutMarks = <F extends object>(values: F): F =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(unmarked) : unmarked(value),
    ]),
  ) as F;

const unmarked = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : value;

/**
 * The flags of the original's clients. An abbreviation that matches one of them never means a flag added since, because
 * scripts rely on these. Source: the original's command reference.
 */
const ORIGINAL_FLAGS: ReadonlySet<string> = new Set(
  `batch-size bind open-browser config executor-sandbox force healthcheck-interval-seconds read-json write-json
  max-total-failures max-per-instance-failures no-batching message ssh-user ssh-options scp-options strict wait-until
  watch-secs verbose skip-hooks raw from wait user status threads command tunnels pid-file percentiles durations
  shards states listformat role env limit type batch_size sh export bypass-leader-redirect quiet`.split(
    /\s+/,
  ),
);

function writtenOut(word: string, flags: Flags): string {
  const [, given, value = ''] = /^--([^=]+)(=[\s\S]*)?$/.exec(word) ?? [];
  if (given === undefined || given in flags) return word;
  const all = Object.keys(flags).filter((name) => name.startsWith(given));
  const known = all.filter((name) => ORIGINAL_FLAGS.has(name));
  const names = known.length > 0 ? known : all;
  if (names.length > 1) {
    throw new AuroraError('USAGE', `--${given} can be ${names.map((name) => `--${name}`).join(' or ')}`, {
      next: 'write one of them out',
    });
  }
  return names.length === 1 ? `--${names[0]}${value}` : word;
}

/** Removes every value of a flag that a later one replaces. */
function withoutRepetitions(words: readonly string[], flags: Flags): string[] {
  const last = new Map<string, number>();
  const spans = spansOf(words, flags);
  for (const { flag, at } of spans) if (flag !== undefined) last.set(flag, at);
  return spans
    .filter(({ flag, at }) => flag === undefined || last.get(flag) === at)
    .flatMap(({ at, length }) => words.slice(at, at + length));
}

interface Span {
  readonly at: number;
  readonly length: number;
  /** The name of the flag, if it takes exactly one value. */
  readonly flag: string | undefined;
}

function spansOf(words: readonly string[], flags: Flags): readonly Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < words.length; ) {
    const word = words[at] as string;
    const name = /^--([^=]+)/.exec(word)?.[1] ?? charFlag(word, flags);
    const flag = name === undefined ? undefined : flags[name];
    const takesValue = flag?.type === 'option';
    const attached = word.startsWith('--') ? word.includes('=') : word.length > 2;
    const length = takesValue && !attached ? Math.min(2, words.length - at) : 1;
    spans.push({ at, length, flag: takesValue && !flag.multiple ? name : undefined });
    at += length;
  }
  return spans;
}

const charFlag = (word: string, flags: Flags): string | undefined =>
  /^-[A-Za-z]/.test(word) ? Object.keys(flags).find((name) => flags[name]?.char === word[1]) : undefined;
