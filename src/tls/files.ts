import { readFile, stat } from 'node:fs/promises';
import { AuroraError } from '../base/errors.ts';

/** Identifies the current version of a file. */
export interface FileState {
  /** Differs after every change. */
  readonly version: string;
  /** Time of the last change of content or attributes, epoch milliseconds. */
  readonly changedMs: number;
  /** Permission bits. */
  readonly mode: number;
}

export interface Files {
  state(path: string): Promise<FileState>;
  read(path: string): Promise<string>;
}

export const systemFiles: Files = {
  async state(path) {
    const { ctimeMs, ctimeNs, ino, mode, mtimeNs, size } = await stat(path, { bigint: true });
    return {
      version: `${ino} ${size} ${mtimeNs} ${ctimeNs}`,
      changedMs: Number(ctimeMs),
      mode: Number(mode) & 0o777,
    };
  },
  read: (path) => readFile(path, 'utf8'),
};

/** What an operator is told about a file with secrets that others may read. */
export const OPEN_SECRET = 'other users of this machine may read the file: chmod 600 it';

/** The refusal of such a file. */
export const readableByOthers = (path: string): AuroraError =>
  new AuroraError('CONFIG', OPEN_SECRET, {
    where: path,
    next: 'unset -refuse_readable_secrets to be warned only',
  });
