import type { Socket } from 'node:net';

/** Longer texts are written at once. */
const LONG_TEXT = 4_096;

/**
 * Lets the heads of a turn of the event loop leave together. A scheduler sends thousands of calls over one connection without
 * waiting for their answers, and Node writes each answer by itself, with a system call and a packet, before it begins the next
 * one. The order of what is written stays.
 */
export function answerTogether(socket: Socket): void {
  const plainly = {
    write: socket.write.bind(socket),
    end: socket.end.bind(socket),
    destroy: socket.destroy.bind(socket),
  };
  let waiting = '';
  const flush = () => {
    const text = waiting;
    waiting = '';
    if (text !== '' && socket.writable) plainly.write(text, 'latin1');
  };
  /** Node writes heads, with what little may follow them, as Latin-1. */
  const write = (data: Uint8Array | string, encoding?: unknown, written?: () => void): boolean => {
    if (encoding === 'latin1' && typeof data === 'string' && data.length < LONG_TEXT && socket.writable) {
      if (waiting === '') setImmediate(flush);
      waiting += data;
      if (written) process.nextTick(written);
      return !socket.writableNeedDrain;
    }
    flush();
    return (plainly.write as (...parts: unknown[]) => boolean)(data, encoding, written);
  };
  socket.write = write as typeof socket.write;
  socket.end = ((...parts: unknown[]) => {
    flush();
    return (plainly.end as (...parts: unknown[]) => Socket)(...parts);
  }) as typeof socket.end;
  // Behind a request that cannot be read Node destroys the connection; what was answered before it still leaves.
  socket.destroy = (error) => {
    flush();
    return plainly.destroy(error);
  };
}
