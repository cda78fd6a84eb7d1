/** What a log held when it was opened. Read it once, the snapshot first. */
export interface RecoveredLog {
  /** The chunks of the newest snapshot, as they were given to `writeSnapshot`; undefined when there is none. */
  readonly snapshot: AsyncIterable<Uint8Array> | undefined;
  /** Every record appended after that snapshot was begun, in order. */
  readonly records: AsyncIterable<Uint8Array>;
}

/**
 * A durable, ordered sequence of records with a snapshot that stands for its beginning. One process writes at a time.
 * test/scheduler/storage/log-suite.ts says what every implementation must do.
 */
export interface Log {
  /**
   * Reads back what was made durable; must be drained before the first append.
   * @throws AuroraError STORAGE when something durable is damaged, with file, offset and reason.
   */
  recover(): Promise<RecoveredLog>;
  /**
   * Adds a record at the end; resolves when it is durable. Records become durable in the order of the calls, and those
   * that wait at the same time share the cost. After one failure every later append fails too.
   */
  append(record: Uint8Array): Promise<void>;
  /**
   * Replaces everything appended before this call by a snapshot; `chunks` is read while appends go on. Resolves when
   * the snapshot is durable and the records it covers are given up.
   */
  writeSnapshot(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>;
  /** Bytes appended since the last snapshot was begun. */
  bytesSinceSnapshot(): number;
  /** Waits for what was appended, then lets go of files and locks. */
  close(): Promise<void>;
}
