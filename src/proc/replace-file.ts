import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

interface ReplaceOptions {
  /** Of a file that is new; 0o644 unless told. */
  readonly mode?: number;
  /** Whether the file, and its name in the directory, are on disk when this returns. */
  readonly durable?: boolean;
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

/**
 * Puts a text into a file so that a reader sees the old one or the new one, never a part: it is written beside it, as
 * `<path>.new`, and renamed. For small files with one writer.
 * @throws an error of the file system; the old file then stands, or both are there.
 */
export function replaceFile(
  path: string,
  text: string,
  { mode = 0o644, durable = false }: ReplaceOptions = {},
): void {
  const file = openSync(`${path}.new`, 'w', mode);
  try {
    writeFileSync(file, text);
    if (durable) fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  if (durable) syncDirectory(dirname(path));
}
