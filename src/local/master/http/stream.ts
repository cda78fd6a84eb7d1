import type { ServerResponse } from 'node:http';
import { encodeRecord } from '../../../mesos/index.ts';
import { writeHead } from './answers.ts';
import { recordBlocks } from './record-blocks.ts';

/** An open answer that consists of records. */
export interface RecordStream {
  /** Writes one record as one chunk. */
  write(record: Buffer | string): void;
  /** Writes one record, the text of these pieces, as several chunks; for records of megabytes. */
  writeLong(pieces: Iterable<string | Buffer>): void;
  /** Ends the answer; the connection stays open. */
  end(): void;
}

/** A reader that is this far behind counts as dead and is cut off, to limit the memory. */
const MAX_BACKLOG_BYTES = 512 * 2 ** 20;

const LONG_RECORDS = recordBlocks();

/** A chunk of HTTP that holds one record. */
function chunkOf(record: string): string {
  const bytes = Buffer.byteLength(record);
  const length = String(bytes);
  return `${(length.length + 1 + bytes).toString(16)}\r\n${length}\n${record}\r\n`;
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
  /** Chunks of this turn of the event loop, which leave together. */
  let waiting = '';
  const isOver = () => closed || res.writableEnded;
  const limitBacklog = () => {
    if (res.writableLength + waiting.length > MAX_BACKLOG_BYTES) res.destroy();
  };
  /** Each record is a chunk, as Mesos sends them. Node would pass each on in three pieces, and keep them until all is sent. */
  const flush = () => {
    const text = waiting;
    waiting = '';
    if (text !== '' && !isOver()) res.socket?.write(text);
  };
  res.once('close', () => {
    closed = true;
    onClose();
  });
  res.on('error', () => {});
  return {
    write(record) {
      if (isOver()) return;
      if (typeof record !== 'string' || !res.socket) {
        flush();
        res.write(encodeRecord(Buffer.from(record)));
      } else {
        if (waiting === '') setImmediate(flush);
        waiting += chunkOf(record);
      }
      limitBacklog();
    },
    writeLong(pieces) {
      if (isOver()) return;
      flush();
      const { blocks, bytes } = LONG_RECORDS.fill(pieces);
      res.write(`${bytes}\n`);
      for (const { memory, length } of blocks)
        res.write(memory.subarray(0, length), () => LONG_RECORDS.release(memory));
      limitBacklog();
    },
    end() {
      flush();
      if (!isOver()) res.end();
    },
  };
}
