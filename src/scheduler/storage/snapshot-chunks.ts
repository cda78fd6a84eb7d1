import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { byteWriter } from './bytes.ts';
import { KIND, type RecordHead, writeHead } from './record-format.ts';

/** Compresses (raw deflate) without blocking the caller. */
export type Deflate = (bytes: Uint8Array) => Promise<Uint8Array>;

/** Higher levels take up to twice the time and save a few percent, because most of a task is its random id. */
const LEVEL = 1;
/** What a piece is compressed to fits, so that it is one task of the pool and not two. */
const CHUNK_BYTES = 32 * 1024;
const inPool = promisify(deflateRaw);

/** Compresses in zlib's thread pool. */
export const deflateInThreads: Deflate = (bytes) => inPool(bytes, { level: LEVEL, chunkSize: CHUNK_BYTES });

/**
 * Turns pieces of ops into the chunks of a snapshot, each one when the previous one has been taken: snapshots are not
 * urgent, so between two chunks other work gets a free thread and its turn.
 */
export async function* snapshotChunks(
  pieces: Iterable<Uint8Array>,
  about: Omit<RecordHead, 'kind'>,
  deflate: Deflate,
): AsyncIterable<Uint8Array> {
  const head = byteWriter();
  writeHead(head, { ...about, kind: KIND.snapshot });
  const start = head.take();
  const chunk = async (piece: Uint8Array) => Buffer.concat([start, await deflate(piece)]);
  let isEmpty = true;
  for (const piece of pieces) {
    yield await chunk(piece);
    isEmpty = false;
  }
  // The records behind a snapshot are counted on from the number in its chunks, also when the state is empty.
  if (isEmpty) yield await chunk(new Uint8Array());
}
