import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The unit of `stats.blocks`, whatever the file system's own block size is. Source: stat(2). */
const BLOCK_BYTES = 512;

/**
 * Disk space used by the files below a directory, in bytes: the blocks of regular files (each file once, however many
 * names it has) plus the length of symbolic links. Directories count nothing, links are not followed, and files that
 * disappear meanwhile are left out. Reads one directory at a time, so that it does not flood the disk's queue.
 */
export async function diskUsage(directory: string): Promise<number> {
  const seen = new Set<string>();
  const left = [directory];
  let total = 0;
  const add = async (path: string) => {
    const { nlink, dev, ino, blocks, size, isLink } = await lstat(path).then((stats) => ({
      ...stats,
      isLink: stats.isSymbolicLink(),
    }));
    if (isLink) total += size;
    else if (nlink < 2) total += blocks * BLOCK_BYTES;
    else {
      const key = `${dev}/${ino}`;
      if (seen.has(key)) return;
      seen.add(key);
      total += blocks * BLOCK_BYTES;
    }
  };
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const parent = next;
    const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(parent, entry.name);
      if (entry.isDirectory()) left.push(path);
      else if (entry.isFile() || entry.isSymbolicLink()) await add(path).catch(() => {});
    }
  }
  return total;
}
