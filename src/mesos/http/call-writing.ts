import type { Socket } from 'node:net';
import type { Post } from './target.ts';

/** A call with the head of its request. */
export interface UnsentCall {
  readonly head: string;
  readonly body: Post['body'];
  readonly bodyBytes: number;
}

/** From this size on a body is written by itself, because copying it costs more. */
const LARGE_BYTES = 16 * 1024;

/** Text of as many bytes as characters is ASCII, which is written several times faster as Latin-1. */
const encodingOf = (body: string, bodyBytes: number) => (bodyBytes === body.length ? 'latin1' : 'utf8');

/** A large body. Its text would wait in V8's heap while the server is slow to read; bytes lie outside of it. */
const asBytes = (body: Post['body'], bodyBytes: number): Uint8Array =>
  typeof body === 'string' ? Buffer.from(body, encodingOf(body, bodyBytes)) : body;

const inline = (bodyBytes: number): number => (bodyBytes >= LARGE_BYTES ? 0 : bodyBytes);

/** Joins heads and bodies in one buffer; large bodies are left out. */
function joined(calls: readonly UnsentCall[]): Buffer {
  const size = calls.reduce((sum, { head, bodyBytes }) => sum + head.length + inline(bodyBytes), 0);
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { head, body, bodyBytes } of calls) {
    at += out.write(head, at, 'latin1');
    if (inline(bodyBytes) === 0) continue;
    if (typeof body !== 'string') out.set(body, at);
    else out.write(body, at, encodingOf(body, bodyBytes));
    at += bodyBytes;
  }
  return out;
}

/** Writes calls one after the other, small ones together. */
export function writeCalls(socket: Socket, calls: readonly UnsentCall[]): void {
  socket.cork();
  let small: UnsentCall[] = [];
  for (const call of calls) {
    small.push(call);
    if (call.bodyBytes < LARGE_BYTES) continue;
    socket.write(joined(small));
    socket.write(asBytes(call.body, call.bodyBytes));
    small = [];
  }
  if (small.length > 0) socket.write(joined(small));
  socket.uncork();
}
