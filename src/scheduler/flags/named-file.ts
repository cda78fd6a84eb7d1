import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AuroraError } from '../../base/errors.ts';

/** A file that a flag names. */
export interface NamedFile {
  readonly text: string;
  /** Its absolute path, for errors about what it says. */
  readonly where: string;
}

/**
 * Reads it at the start.
 * @param what how errors call the file, such as "the tier file"
 * @throws AuroraError CONFIG naming the file, when it cannot be read
 */
export function namedFile(path: string, what: string): NamedFile {
  const where = resolve(path);
  try {
    return { text: readFileSync(path, 'utf8'), where };
  } catch (cause) {
    const next = 'check the path, and that this user may read it';
    throw new AuroraError('CONFIG', `${what} cannot be read`, { where, next, cause });
  }
}
