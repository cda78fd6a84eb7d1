import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const found = (path: string) => statSync(path, { throwIfNoEntry: false });

/**
 * Makes the folder and those above it that are missing; one that is there stays as it is. Takes the place of mkdir's
 * own `recursive`, with which Node 20 never returns where the kernel answers ENOENT to every attempt, as below /proc.
 * @param mode of folders that are made
 * @throws Error of the file system (ENOENT, EACCES, ENOTDIR, ...), with the folder that could not be made
 */
export function makeFolder(path: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let at = path; !found(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  for (const folder of missing.length > 0 ? missing : [path]) {
    try {
      mkdirSync(folder, mode);
    } catch (error) {
      // Another process may have made it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !found(folder)?.isDirectory()) throw error;
    }
  }
}
