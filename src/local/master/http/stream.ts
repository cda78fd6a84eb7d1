import type { ServerResponse } from 'node:http';
import { encodeRecord } from '../../../mesos/index.ts';
import { writeHead } from './answers.ts';
import { recordBlocks } from './record-blocks.ts';

/** An open answer that consists of records. */
export interface RecordStream {
  /** Writes one record as one chunk. */
  write(record: Buffer | string): void;
  /** Writes one record, the text of these pieces, as several chunks; for records of megabytes. */
  writeLong(pieces: Iterable<string>): void;
  /** Ends the answer; the connection stays open. */
  end(): void;
}

/** A reader that is this far behind counts as dead and is cut off, to limit the memory. */
const MAX_BACKLOG_BYTES = 512 * 2 ** 20;

const LONG_RECORDS = recordBlocks();

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
  const isOver = () => closed || res.writableEnded;
  const limitBacklog = () => {
    if (res.writableLength > MAX_BACKLOG_BYTES) res.destroy();
  };
  res.once('close', () => {
    closed = true;
    onClose();
  });
  res.on('error', () => {});
  return {
    write(record) {
      if (isOver()) return;
      together(res);
      res.write(
        typeof record === 'string' ? `${Buffer.byteLength(record)}\n${record}` : encodeRecord(record),
      );
      limitBacklog();
    },
    writeLong(pieces) {
      if (isOver()) return;
      const { blocks, bytes } = LONG_RECORDS.fill(pieces);
      res.write(`${bytes}\n`);
      for (const { memory, length } of blocks)
        res.write(memory.subarray(0, length), () => LONG_RECORDS.release(memory));
      limitBacklog();
    },
    end() {
      if (!isOver()) res.end();
    },
  };
}
