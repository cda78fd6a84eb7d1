import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

const POLL_MS = 200;
const OUTPUT = /\/runs\/[^/]+\/sandbox\/\.logs\/[^/]+\/\d+\/stdout$/;

/**
 * The most recently written output file below a data directory of the embedded cluster; undefined when there is none.
 */
export function newestOutput(dataDir) {
  let entries;
  try {
    entries = readdirSync(dataDir, { recursive: true, withFileTypes: true });
  } catch {
    // A sandbox was removed while it was read; the next poll looks again.
    return undefined;
  }
  const files = entries
    .filter((entry) => entry.isFile() && !entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => OUTPUT.test(path) && !path.includes('/runs/latest/'));
  const changed = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return files.sort((a, b) => changed(b) - changed(a))[0];
}

/** Copies what is appended to the file that `find` names to standard output, until stopped. */
export function follow(find) {
  const buffer = Buffer.alloc(64 * 1024);
  let path;
  let offset = 0;
  const poll = () => {
    const newest = find();
    if (newest !== undefined && newest !== path) {
      path = newest;
      offset = 0;
    }
    if (path === undefined) return;
    try {
      const fd = openSync(path, 'r');
      for (let read = readSync(fd, buffer, 0, buffer.length, offset); read > 0; ) {
        process.stdout.write(buffer.subarray(0, read).toString());
        offset += read;
        read = readSync(fd, buffer, 0, buffer.length, offset);
      }
      closeSync(fd);
    } catch {
      path = undefined;
    }
  };
  const timer = setInterval(poll, POLL_MS);
  poll();
  return { stop: () => clearInterval(timer) };
}
