import { join } from 'node:path';

/** Names in the data directory of the local log. Numbers rise by one with each leadership and each snapshot. */
const padded = (number: number): string => String(number).padStart(10, '0');

/** Records; segment n follows segment n-1. */
export const segmentPath = (directory: string, number: number): string =>
  join(directory, `segment-${padded(number)}.log`);

/** Stands for every segment below its number. */
export const snapshotPath = (directory: string, number: number): string =>
  join(directory, `snapshot-${padded(number)}.snap`);

/** How far the log is known to be on disk. */
export const markPath = (directory: string): string => join(directory, 'durable');

/** A file that is not finished is worth nothing after a crash. */
export const UNFINISHED_SUFFIX = '.tmp';

/** The number of the first segment ever. */
export const FIRST_SEGMENT = 1;

export interface DataFiles {
  /** In rising order. */
  readonly segments: readonly number[];
  readonly snapshots: readonly number[];
  readonly unfinished: readonly string[];
}

/** Sorts the names of a directory; foreign files are left alone. */
export function dataFiles(names: readonly string[]): DataFiles {
  const numbers = (pattern: RegExp) =>
    names
      .flatMap((name) => pattern.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  return {
    segments: numbers(/^segment-(\d{10})\.log$/),
    snapshots: numbers(/^snapshot-(\d{10})\.snap$/),
    unfinished: names.filter((name) => /^(segment|snapshot)-\d{10}\.\w+\.tmp$/.test(name)),
  };
}

/**
 * Where the generations in a directory begin, in rising order: at the snapshots, and at the very first segment when it
 * is still there.
 */
export const generationStarts = ({ segments, snapshots }: DataFiles): number[] => [
  ...(segments[0] === FIRST_SEGMENT ? [FIRST_SEGMENT] : []),
  ...snapshots,
];
