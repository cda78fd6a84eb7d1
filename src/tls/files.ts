import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
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
  /** The text; of a folder, the certificates in its files, as OpenSSL takes the authorities in a folder. */
  read(path: string): Promise<string>;
}

const CERTIFICATE = /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END \1CERTIFICATE-----/g;

/** A folder that OpenSSL reads has each certificate twice: under its name, and by a link that is named by its hash. */
async function certificatesIn(folder: string): Promise<string> {
  const found = new Set<string>();
  for (const name of (await readdir(folder)).sort()) {
    const text = await readFile(join(folder, name), 'utf8').catch((error) => {
      // Folders are not looked into, and what a link leads to may be gone.
      if (['EISDIR', 'ENOENT'].includes(error.code)) return '';
      throw error;
    });
    for (const [certificate] of text.matchAll(CERTIFICATE)) found.add(certificate);
  }
  return [...found].join('\n');
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
  read: (path) =>
    readFile(path, 'utf8').catch((error) => {
      if (error.code === 'EISDIR') return certificatesIn(path);
      throw error;
    }),
};

/** What an operator is told about a file with secrets that others may read. */
export const OPEN_SECRET = 'other users of this machine may read the file: chmod 600 it';

/** The refusal of such a file. */
export const readableByOthers = (path: string): AuroraError =>
  new AuroraError('CONFIG', OPEN_SECRET, {
    where: path,
    next: 'unset -refuse_readable_secrets to be warned only',
  });
