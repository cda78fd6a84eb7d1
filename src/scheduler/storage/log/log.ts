import type { AuroraError } from '../../../base/errors.ts';

/** Takes what a log gives back. */
export interface LogReader {
  /** What came before counts no more: the chunks of a snapshot follow. */
  restart(): void;
  /**
   * Takes a snapshot chunk or a record, in order; the bytes are the reader's to keep. What it throws ends the reading.
   * @returns false for enough; only a reading of the past heeds it.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most readers never have enough and return nothing
  apply(bytes: Uint8Array): boolean | void;
}

/** What was read to get to the present. */
export interface LogRecovery {
  /** The leadership that begins now: one higher than the last, 1 in a new log. */
  readonly term: number;
  /** Of the snapshot that was begun with last; 0 when there is none. */
  readonly snapshotBytes: number;
  /** Records applied after that snapshot. */
  readonly records: number;
}

/** A snapshot and the records from there to the next one: a stretch of the past that can be read again. */
export interface Generation {
  /**
   * Wall clock at the moment the snapshot was asked for: every record of it was appended later. -Infinity for the
   * generation that begins with an empty log.
   */
  readonly startMs: number;
  /**
   * Reads what is durable at this call; a generation that begins empty does not restart the reader.
   * @throws AuroraError STORAGE when it is damaged, or was given up since it was listed.
   */
  read(reader: LogReader): Promise<void>;
}

export interface SnapshotOptions {
  /** It is another state than what was appended: whoever has followed begins anew with it. */
  readonly replaces?: boolean;
}

/**
 * A durable, ordered sequence of records with a snapshot that stands for its beginning. One process writes at a time.
 * test/scheduler/storage/log-suite.ts says what every implementation must do.
 */
export interface Log {
  /**
   * Reads back what was made durable and takes the next term; needed before the first append, once. While `lead` is
   * pending (default: not at all), a log that several processes share goes on reading what the present leader appends.
   * Taking the term makes every append of an earlier leader fail.
   * @throws AuroraError STORAGE when something durable is damaged, with file, offset and reason; when two processes
   * have written at the same time; when the log is closed meanwhile.
   */
  recover(reader: LogReader, options?: { readonly lead?: Promise<void> | undefined }): Promise<LogRecovery>;
  /**
   * Adds a record at the end; resolves when it is durable. Records become durable in the order of the calls, and those
   * that wait at the same time share the cost. After one failure every later append fails too.
   */
  append(record: Uint8Array): Promise<void>;
  /**
   * Lets a snapshot stand for everything appended before this call; `chunks` is read while appends go on. Resolves when
   * the snapshot is durable and what is older than the generations to be retained is given up. One at a time.
   */
  writeSnapshot(
    chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    options?: SnapshotOptions,
  ): Promise<void>;
  /**
   * Why nothing can be appended any more; undefined while it can. A snapshot that replaces the state is one reason: when it
   * fails from the moment on at which it may count, nobody can say which state the log holds.
   */
  failure(): AuroraError | undefined;
  /** The stretches of the past that are kept, oldest first; the last one goes on. */
  generations(): Promise<readonly Generation[]>;
  /** Bytes appended since the last snapshot was begun. */
  bytesSinceSnapshot(): number;
  /** Waits for what was appended, then lets go of files and locks. */
  close(): Promise<void>;
}
