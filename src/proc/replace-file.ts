import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

interface ReplaceOptions {
  /** Mode of a newly created file; default 0o644. */
  readonly mode?: number;
  /** Whether the content and the directory entry must be on disk when this returns; default false. */
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
 * Replaces a file's content atomically: a reader sees the old text or the new one, never a part. Writes `<path>.new`
 * and renames it. For small files with one writer.
 * @throws an error of the file system; `path` then holds the old text, or the new one if only the last sync failed.
 * `<path>.new` may be left behind.
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
