import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { byteWriter } from './bytes.ts';
import { KIND, writeHead } from './record-format.ts';

/** Compresses (raw deflate) without holding up the caller. */
export type Deflate = (bytes: Uint8Array) => Promise<Uint8Array>;

/** Level 1: the next ones take up to twice the time for a few percent less, because most of a task is its random id. */
const LEVEL = 1;
const inPool = promisify(deflateRaw);

/** In the threads of zlib. */
export const deflateInThreads: Deflate = (bytes) => inPool(bytes, { level: LEVEL });

/** Pieces that are compressed while earlier ones are written; the threads also do the log's writing. */
const AT_ONCE = 1;

/** Makes pieces of ops the chunks of a snapshot, in order, encoding no further ahead than needed. */
export async function* snapshotChunks(
  pieces: Iterable<Uint8Array>,
  madeMs: number,
  deflate: Deflate,
): AsyncIterable<Uint8Array> {
  const head = byteWriter();
  writeHead(head, { kind: KIND.snapshot, madeMs });
  const start = head.take();
  const chunk = async (ops: Uint8Array) => Buffer.concat([start, await deflate(ops)]);
  const waiting: Promise<Uint8Array>[] = [];
  for (const piece of pieces) {
    waiting.push(chunk(piece));
    if (waiting.length >= AT_ONCE) yield (await waiting.shift()) as Uint8Array;
  }
  for (const last of waiting) yield await last;
}
