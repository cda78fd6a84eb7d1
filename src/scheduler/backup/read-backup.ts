import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createInflate } from 'node:zlib';
import { fieldHead, type LeaveOut, readSnapshot, type Take } from './backup-reader.ts';
import { type ByteWindow, byteWindow } from './byte-window.ts';
import { readDeduplicated } from './deduplicated-reader.ts';
import { storedConfigs } from './stored-config.ts';
import { inside, THRIFT } from './thrift-ranges.ts';

/** Ids of the fields of a LogEntry that hold a state. Source: the original's storage.thrift. */
const ENTRY = { snapshot: 1, deflatedEntry: 5, deduplicatedSnapshot: 6 } as const;

/** The output of a decompressor; also throws its failures and those of the input. */
async function* through(transform: Transform, input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const done = pipeline(Readable.from(input, { objectMode: false }), transform).catch(() => undefined);
  yield* transform;
  await done;
}

const isField = (head: Buffer, type: number, id: number): boolean =>
  head.length === 3 && head[0] === type && head.readInt16BE(1) === id;

/** Reads to the end of the compressed bytes, because the checksum is there. */
const decompressed = (
  transform: Transform,
  window: ByteWindow,
  take: Take,
  leaveOut: LeaveOut | undefined,
): Promise<void> =>
  within(through(transform, window.rest()), async (inner) => {
    await readPlain(inner, take, leaveOut);
    for await (const _ of inner.rest());
  });

/** Skips the length of a binary. */
const passLength = (window: ByteWindow): Promise<undefined> =>
  window.take((bytes, at) => ({ end: inside(bytes, at, 4), value: undefined }));

async function readPlain(window: ByteWindow, take: Take, leaveOut: LeaveOut | undefined): Promise<void> {
  const head = await window.peek(3);
  if (isField(head, THRIFT.string, ENTRY.deflatedEntry)) {
    await fieldHead(window);
    await passLength(window);
    return decompressed(createInflate(), window, take, leaveOut);
  }
  if (isField(head, THRIFT.struct, ENTRY.snapshot)) await fieldHead(window);
  // A Snapshot has metadata under the same id, but never as its first field.
  if (isField(head, THRIFT.struct, ENTRY.deduplicatedSnapshot)) {
    await fieldHead(window);
    return readDeduplicated(window, take, leaveOut);
  }
  return readSnapshot(window, storedConfigs(), take, leaveOut);
}

async function within<T>(
  input: AsyncIterable<Uint8Array>,
  read: (window: ByteWindow) => Promise<T>,
): Promise<T> {
  const window = byteWindow(input);
  try {
    return await read(window);
  } finally {
    await window.close();
  }
}

/**
 * Reads a backup of ours or of the original, in slices. `take` is called with each entry, `leaveOut` for everything
 * else. Also reads backups compressed with gzip, and states in the form of the original's log.
 * @throws AuroraError CODEC, or what the input throws
 */
export function readBackup(input: AsyncIterable<Uint8Array>, take: Take, leaveOut?: LeaveOut): Promise<void> {
  return within(input, async (window) => {
    const [first, second] = await window.peek(2);
    if (first !== 0x1f || second !== 0x8b) return readPlain(window, take, leaveOut);
    return decompressed(createGunzip(), window, take, leaveOut);
  });
}
