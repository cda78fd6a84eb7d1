import { join } from 'node:path';

/** File names in the data directory of the local log. The numbers rise by one with each leadership and each snapshot. */
const padded = (number: number): string => String(number).padStart(10, '0');

/** A file of records; segment n follows segment n-1. */
export const segmentPath = (directory: string, number: number): string =>
  join(directory, `segment-${padded(number)}.log`);

/** A snapshot, which replaces every segment with a lower number. */
export const snapshotPath = (directory: string, number: number): string =>
  join(directory, `snapshot-${padded(number)}.snap`);

/** The file that says how far the log is known to be on disk. */
export const markPath = (directory: string): string => join(directory, 'durable');

/** Marks a file that is still being written; after a crash it is worthless. */
export const UNFINISHED_SUFFIX = '.tmp';

/** The number of the first segment ever. */
export const FIRST_SEGMENT = 1;

export interface DataFiles {
  /** In rising order. */
  readonly segments: readonly number[];
  readonly snapshots: readonly number[];
  readonly unfinished: readonly string[];
}

/** Sorts the file names of a directory by kind; names of other kinds are ignored. */
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
 * The numbers at which the generations in a directory begin, ascending: the snapshots, and the very first segment if it
 * still exists.
 */
export const generationStarts = ({ segments, snapshots }: DataFiles): number[] => [
  ...(segments[0] === FIRST_SEGMENT ? [FIRST_SEGMENT] : []),
  ...snapshots,
];
