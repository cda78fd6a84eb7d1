import { read } from 'node:fs';
import { openFileInside } from './inside.ts';

/** A part of a file. `length` counts bytes of the file, not of `data`, which is absent when nothing was read. */
export interface Chunk {
  readonly offset: number;
  readonly length: number;
  readonly data?: string;
}

/** The most bytes of a file in one answer. */
const LONGEST_CHUNK = 1024 * 1024;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** Escapes text for a page, as the original does. */
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

/** Reads a file in the sandbox from `offset` on, at most `length` bytes and 1 MiB; undefined if it cannot be read. */
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

/** A number from the query; -1 when absent, undefined when it is not a whole number of at least -1. */
function amount(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return -1;
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= -1 ? value : undefined;
}

/**
 * Answers a pager. An `offset` that is absent or -1 means the end of the file, and the answer only tells where that is;
 * a `length` that is absent or -1 means as much as there is, up to 1 MiB. Whatever cannot be answered gives an empty
 * object.
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
