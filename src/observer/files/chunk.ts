import { read } from 'node:fs';
import { openFileInside } from './inside.ts';

/** A part of a file. `length` counts bytes of the file, not of `data`, which is absent when there is nothing. */
export interface Chunk {
  readonly offset: number;
  readonly length: number;
  readonly data?: string;
}

/** No answer holds more of a file. */
const LONGEST_CHUNK = 1024 * 1024;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** As the original escapes what it sends to its pages. */
const escaped = (text: string): string => text.replace(/[&<>]/g, (letter) => ESCAPES[letter] as string);

function readAt(file: number, offset: number, length: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(length);
  return new Promise((resolve, reject) =>
    read(file, block, 0, length, offset, (error, size) => {
      if (error) reject(error);
      else resolve(block.subarray(0, size));
    }),
  );
}

/** Bytes of a file in the sandbox from `offset` on, at most `length` and a megabyte; undefined when there is none. */
export async function readInside(
  sandbox: string,
  path: string,
  offset: number,
  length: number,
): Promise<{ readonly bytes: Buffer; readonly size: number } | undefined> {
  const found = openFileInside(sandbox, path);
  if (!found) return undefined;
  try {
    const { size } = found.stats;
    const wanted = Math.min(length, LONGEST_CHUNK, Math.max(0, size - offset));
    return { bytes: wanted > 0 ? await readAt(found.file, offset, wanted) : Buffer.alloc(0), size };
  } catch {
    return undefined;
  } finally {
    found.close();
  }
}

/** A number of the query; -1 when absent, undefined when it is none. */
function amount(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return -1;
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= -1 ? value : undefined;
}

/**
 * What a pager asks for. Absent or -1: `offset` means the end of the file, so the answer only tells where that is;
 * `length` means all there is, up to a megabyte. An empty object for everything that cannot be answered.
 */
export async function chunk(
  sandbox: string,
  path: string,
  query: { readonly offset: string | undefined; readonly length: string | undefined },
): Promise<Chunk | Record<string, never>> {
  const [offset, length] = [amount(query.offset), amount(query.length)];
  if (offset === undefined || length === undefined) return {};
  const wanted = length === -1 ? LONGEST_CHUNK : length;
  const read = await readInside(sandbox, path, Math.max(0, offset), offset === -1 ? 0 : wanted);
  if (!read) return {};
  if (offset === -1) return { offset: read.size, length: 0 };
  if (read.bytes.length === 0) return { offset, length: 0 };
  return { offset, length: read.bytes.length, data: escaped(read.bytes.toString('utf8')) };
}
