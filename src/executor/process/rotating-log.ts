import { ftruncateSync, lstatSync, renameSync } from 'node:fs';
import { closeQuietly, type LogSink, writeAll } from './piped-log.ts';

interface RotatingOptions {
  readonly rotateBytes: number;
  readonly backups: number;
  /** Creates an empty file, open for appending; throws when the name exists. */
  readonly create: (path: string) => number;
  /** Descriptor of the first file, which is empty. */
  readonly file: number;
  /** Called when a rotation fails; once until one succeeds. */
  readonly onFault: (error: unknown) => void;
}

const NEWLINE = 10;
/** A line that is longer than both this and `rotateBytes` is cut. */
const LONG_LINE_BYTES = 64 * 1024;

const nameOf = (path: string, number: number): string => (number === 0 ? path : `${path}.${number}`);

/** Renames each file to the next number, overwriting the oldest. A gap in the numbers is no fault. */
function shift(path: string, backups: number): void {
  let free = 0;
  while (free < backups && lstatSync(nameOf(path, free), { throwIfNoEntry: false })) free++;
  for (let number = free; number >= 1; number--) renameSync(nameOf(path, number - 1), nameOf(path, number));
}

/**
 * Writes to `path`. Once that holds `rotateBytes`, it becomes `path.1`, the former `path.1` becomes `path.2` and so on
 * up to `backups`, and a new file is begun. The line in progress is finished first, so lines are not cut (unless they
 * are longer than LONG_LINE_BYTES) and a file is too large by one line at most. Source: the original's rotation, which
 * cuts.
 *
 * The process may remove or replace these files. The old file is closed only when the new one is open; if that fails,
 * the old one is emptied and used on, so that the newest output is kept and the disk does not fill up.
 */
export function rotatingSink(path: string, options: RotatingOptions): LogSink {
  const { rotateBytes, backups } = options;
  const longLine = Math.max(rotateBytes, LONG_LINE_BYTES);
  let file: number | undefined = options.file;
  let size = 0;
  /** Bytes of the unfinished line at the end of the file. */
  let lineBytes = 0;
  let failed = false;

  const rotate = (old: number) => {
    try {
      shift(path, backups);
      file = options.create(path);
      closeQuietly(old);
      failed = false;
    } catch (error) {
      if (!failed) options.onFault(error);
      failed = true;
      ftruncateSync(old);
    } finally {
      size = 0;
      lineBytes = 0;
    }
  };

  const put = (chunk: Uint8Array) => {
    if (file === undefined) return;
    const lastLine = chunk.lastIndexOf(NEWLINE) + 1;
    lineBytes = lastLine === 0 ? lineBytes + chunk.length : chunk.length - lastLine;
    size += chunk.length;
    writeAll(file, chunk);
    if (size >= rotateBytes && (lineBytes === 0 || lineBytes >= longLine)) rotate(file);
  };

  /** How many bytes of the text go into the current file: up to the end of the line that fills it. */
  const fitting = (text: Uint8Array): number => {
    const full = Math.max(0, rotateBytes - size - 1);
    if (text.length <= full) return text.length;
    const end = text.indexOf(NEWLINE, full) + 1 || text.length;
    const start = full === 0 ? 0 : text.lastIndexOf(NEWLINE, full - 1) + 1;
    const line = end - start + (start === 0 ? lineBytes : 0);
    return end - Math.max(0, line - longLine);
  };

  return {
    write(chunk) {
      for (let rest = chunk; rest.length > 0 && file !== undefined; ) {
        const length = fitting(rest);
        put(rest.subarray(0, length));
        rest = rest.subarray(length);
      }
    },
    close() {
      if (file !== undefined) closeQuietly(file);
      file = undefined;
    },
  };
}
