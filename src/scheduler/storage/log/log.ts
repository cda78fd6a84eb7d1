import type { AuroraError } from '../../../base/errors.ts';

/** Receives what a log reads. */
export interface LogReader {
  /** Discards what was read before: the chunks of a snapshot follow. */
  restart(): void;
  /**
   * Takes a snapshot chunk or a record, in order; the reader may keep the bytes. An exception ends the reading.
   * @returns false to stop reading; respected only when the past is read (`Generation.read`).
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most readers never have enough and return nothing
  apply(bytes: Uint8Array): boolean | void;
}

/** What was read until the log was up to date. */
export interface LogRecovery {
  /** The term of the leadership that begins now: one higher than the last, 1 in a new log. */
  readonly term: number;
  /** Size of the snapshot that the reading last started from; 0 without one. */
  readonly snapshotBytes: number;
  /** Number of records applied after that snapshot. */
  readonly records: number;
}

/** A snapshot and the records up to the next one: a part of the past that can be read again. */
export interface Generation {
  /**
   * Wall-clock time when the snapshot was requested: all records of this generation were appended later. -Infinity for
   * the generation that begins with an empty log.
   */
  readonly startMs: number;
  /**
   * Reads what is durable at the time of the call. A generation that begins empty does not call `restart`.
   * @throws AuroraError STORAGE when it is damaged, or was trimmed since it was listed.
   */
  read(reader: LogReader): Promise<void>;
}

export interface SnapshotOptions {
  /** The snapshot is a different state from what was appended: followers of the log start over from it. */
  readonly replaces?: boolean;
}

/**
 * A durable, ordered sequence of records; a snapshot can replace its beginning. One process writes at a time.
 * test/scheduler/storage/log-suite.ts says what every implementation must do.
 */
export interface Log {
  /**
   * Reads what is durable and takes the next term; must be called once, before the first append. While `lead` is
   * pending (default: not at all), a log that several processes share goes on reading what the current leader appends.
   * Taking the term makes every append of an earlier leader fail.
   * @throws AuroraError STORAGE when something durable is damaged, with file, offset and reason; when two processes
   * have written at the same time; when the log is closed meanwhile.
   */
  recover(reader: LogReader, options?: { readonly lead?: Promise<void> | undefined }): Promise<LogRecovery>;
  /**
   * Adds a record at the end; resolves when it is durable. Records become durable in the order of the calls; those that
   * wait at the same time share one sync. After one failure every later append fails too.
   */
  append(record: Uint8Array): Promise<void>;
  /**
   * Writes a snapshot that replaces everything appended before this call; `chunks` is read while appends go on.
   * Resolves when the snapshot is durable and generations that need not be retained are removed. One at a time.
   */
  writeSnapshot(
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    options?: SnapshotOptions,
  ): Promise<void>;
  /**
   * Why nothing can be appended any more; undefined while appending works. One possible reason is a failed snapshot
   * with `replaces`: if it fails when it may already be in force, it is unknown which state the log holds.
   */
  failure(): AuroraError | undefined;
  /** The generations that are kept, oldest first; the last one is still growing. */
  generations(): Promise<readonly Generation[]>;
  /** Bytes appended since the last snapshot was begun. */
  bytesSinceSnapshot(): number;
  /** Waits for what was appended, then releases files and locks. */
  close(): Promise<void>;
}
