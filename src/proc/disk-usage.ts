import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Source: stat(2); independent of the file system's own block size. */
const BLOCK_BYTES = 512;

/**
 * Bytes that the files below a directory hold on the disk: blocks of regular files, each file once however many names
 * it has, and the length of links. Directories themselves count nothing; no link is followed. What disappears meanwhile
 * counts nothing. Goes one directory at a time, so that it never fills the queue of the disk.
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
