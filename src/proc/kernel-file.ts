import { closeSync, openSync, readSync } from 'node:fs';

/** Enough for nearly every file; it grows for a longer one, such as the list of a large control group. */
let block: Buffer | undefined;
const FIRST_BYTES = 8 * 1024;

/**
 * Reads a file that the kernel makes up when it is read, such as those of /proc, as latin1. Their size is said to be 0,
 * so `readFileSync` takes 64 KiB for each of them, which stay until the garbage is collected; here all share one block.
 * @throws what node:fs throws when the file cannot be opened or read
 */
export function kernelFile(path: string): string {
  let buffer = block ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
  const file = openSync(path, 'r');
  try {
    let size = 0;
    for (let read = -1; read !== 0; size += read) {
      if (size === buffer.length) {
        const wider = Buffer.allocUnsafeSlow(size * 2);
        buffer.copy(wider);
        buffer = wider;
      }
      read = readSync(file, buffer, size, buffer.length - size, null);
    }
    block = buffer;
    return buffer.toString('latin1', 0, size);
  } finally {
    closeSync(file);
  }
}
