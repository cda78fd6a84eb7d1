import { recordJoiner, recordSplitter } from '../../src/mesos/index.ts';

/** Splits bytes, as they arrive, into complete records. */
export interface RecordReader {
  /** The records that `chunk` completes. @throws AuroraError MESOS, like a splitter */
  feed(chunk: Uint8Array): Buffer[];
  /** The number of bytes of the unfinished record, with its length line; 0 at a clean end of the stream. */
  pendingBytes(): number;
}

export function recordReader(options: Parameters<typeof recordSplitter>[0] = {}): RecordReader {
  const splitter = recordSplitter(options);
  const join = recordJoiner();
  return {
    feed: (chunk) => splitter.feed(chunk).flatMap((part) => join(part) ?? []),
    pendingBytes: splitter.pendingBytes,
  };
}
