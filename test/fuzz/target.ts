import { isDeepStrictEqual } from 'node:util';
import { AuroraError } from '../../src/base/errors.ts';

/** Bytes of somebody else, what reads them, and what has to hold then. */
export interface FuzzTarget {
  /** Inputs that are taken, always the same for a seed; what is tried is made from them. */
  readonly samples: (seed: number) => readonly Uint8Array[];
  /** Inputs are JSON: its members and elements are changed, too. */
  readonly isJson?: boolean;
  /** Texts that mean something to the reader; mixed in. */
  readonly words?: readonly string[];
  /** Allocates more in one go than others may: its bound, in bytes. */
  readonly mostBytes?: number;
  /**
   * Reads the input. Returns whether it was taken, refuses it with an AuroraError, or throws what is a finding; a
   * value that was taken has to come back unchanged from being written and read again (`assertSame`).
   */
  readonly run: (input: Buffer) => boolean | Promise<boolean>;
}

/** A refusal that a person can read; BUG is what we say of ourselves. */
export const isRefusal = (thrown: unknown): boolean => thrown instanceof AuroraError && thrown.code !== 'BUG';

const shown = (value: unknown): string => {
  const text =
    JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? 'undefined';
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
};

/** Whether two readings are the same, NaN and -0 included. @throws Error, a finding, when not */
export function assertSame(what: string, before: unknown, after: unknown): void {
  if (!isDeepStrictEqual(before, after))
    throw new Error(`${what} changes a value: ${shown(before)} becomes ${shown(after)}`);
}

/** @throws Error, a finding, when `again` refuses what was taken before */
export function sameAgain<T>(what: string, before: T, again: () => T): void {
  let after: T;
  try {
    after = again();
  } catch (cause) {
    throw new Error(`${what} refuses what was taken: ${String(cause)}`, { cause });
  }
  assertSame(what, before, after);
}
