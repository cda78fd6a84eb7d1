import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { byteWriter } from './bytes.ts';
import { KIND, type RecordHead, writeHead } from './record-format.ts';

/** Compresses (raw deflate) without holding up the caller. */
export type Deflate = (bytes: Uint8Array) => Promise<Uint8Array>;

/** Level 1: the next ones take up to twice the time for a few percent less, because most of a task is its random id. */
const LEVEL = 1;
const inPool = promisify(deflateRaw);

/** In the threads of zlib. */
export const deflateInThreads: Deflate = (bytes) => inPool(bytes, { level: LEVEL });

/**
 * Makes pieces of ops the chunks of a snapshot, each when the one before is taken: a snapshot is in no hurry, and what
 * else runs finds a free thread and its turn between any two.
 */
export async function* snapshotChunks(
  pieces: Iterable<Uint8Array>,
  about: Omit<RecordHead, 'kind'>,
  deflate: Deflate,
): AsyncIterable<Uint8Array> {
  const head = byteWriter();
  writeHead(head, { ...about, kind: KIND.snapshot });
  const start = head.take();
  for (const piece of pieces) yield Buffer.concat([start, await deflate(piece)]);
}
