import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** A file that only grows, save that what was written in part is taken back. */
export interface JournalFile {
  /** Bytes that are whole records. */
  readonly bytes: number;
  /** Appends all of it or nothing. @throws what the file system says, a full disk for example */
  append(records: Uint8Array): void;
  /** Calls back when everything appended so far is on the disk, or with what went wrong. */
  sync(done: (error: Error | null) => void): void;
  close(): void;
}

/** How the journal makes its files; another one in tests. */
export interface JournalDisk {
  /** A new or existing file that is appended to, its directory made where there is none. */
  open(path: string): JournalFile;
  /** Puts a file with this content in the place of another one, in one step that is on the disk when it returns. */
  replace(path: string, content: Uint8Array): void;
  /** Moves a file, also onto the disk. */
  move(from: string, to: string): void;
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function openJournal(path: string): JournalFile {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o644);
  let bytes = 0;
  let open = true;
  return {
    get bytes() {
      return bytes;
    },
    append(records) {
      let done = 0;
      try {
        while (done < records.length) done += writeSync(file, records, done);
      } catch (error) {
        if (done > 0) ftruncateSync(file, bytes);
        throw error;
      }
      bytes += records.length;
    },
    sync: (done) => (open ? fdatasync(file, done) : done(null)),
    close() {
      if (open) closeSync(file);
      open = false;
    },
  };
}

/** The machine's own. */
export const machineDisk: JournalDisk = {
  open: openJournal,
  replace(path, content) {
    mkdirSync(dirname(path), { recursive: true });
    const fresh = `${path}.new`;
    writeFileSync(fresh, content, { mode: 0o644 });
    const file = openSync(fresh, 'r+');
    try {
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
    syncDirectory(dirname(path));
  },
  move(from, to) {
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
    syncDirectory(dirname(to));
  },
};
