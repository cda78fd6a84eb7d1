import type { ServerResponse } from 'node:http';
import { encodeRecord } from '../../../mesos/index.ts';
import { writeHead } from './answers.ts';

/** An open answer that consists of records. */
export interface RecordStream {
  /** Writes one record as one chunk. */
  write(record: Buffer | string): void;
  /** Ends the answer; the connection stays open. */
  end(): void;
}

/** A reader that is this far behind counts as dead and is cut off, to limit the memory. */
const MAX_BACKLOG_BYTES = 512 * 2 ** 20;

/** From this length on a text is written as bytes: Node counts and copies a text several times. */
const LONG_TEXT = 16 * 1024;

/** The record of a text, as text or as bytes. */
function recordOf(text: string): string | Buffer {
  const bytes = Buffer.byteLength(text);
  const head = `${bytes}\n`;
  if (bytes < LONG_TEXT) return head + text;
  const record = Buffer.allocUnsafeSlow(head.length + bytes);
  record.write(head, 'latin1');
  record.write(text, head.length, bytes === text.length ? 'latin1' : 'utf8');
  return record;
}

/** Sends everything that is written in this turn of the event loop in one piece. */
function together({ socket }: ServerResponse): void {
  if (!socket || socket.writableCorked > 0) return;
  socket.cork();
  setImmediate(() => socket.uncork());
}

/**
 * Begins a stream of records with the same head as Mesos.
 * @param onClose runs once when the connection closes or after `end`
 */
export function openStream(
  res: ServerResponse,
  headers: readonly string[],
  onClose: () => void,
): RecordStream {
  res.socket?.setNoDelay(true);
  writeHead(res, 200, ['Transfer-Encoding', 'chunked', ...headers]);
  res.flushHeaders();
  let closed = false;
  res.once('close', () => {
    closed = true;
    onClose();
  });
  res.on('error', () => {});
  return {
    write(record) {
      if (closed || res.writableEnded) return;
      together(res);
      res.write(typeof record === 'string' ? recordOf(record) : encodeRecord(record));
      if (res.writableLength > MAX_BACKLOG_BYTES) res.destroy();
    },
    end() {
      if (!closed && !res.writableEnded) res.end();
    },
  };
}
