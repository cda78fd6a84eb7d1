import {
  closeSync,
  constants,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../../proc/make-folder.ts';

/** A file that only grows, except that a partly written record is cut off again. */
export interface JournalFile {
  /** Bytes of complete records appended since it was opened. */
  readonly bytes: number;
  /** Appends all of the records or nothing. @throws the file system's error, a full disk for example */
  append(records: Uint8Array): void;
  /** Calls back when everything appended so far is on the disk, or with the error. */
  sync(done: (error: Error | null) => void): void;
  close(): void;
}

/** How the journal creates its files; tests replace it. */
export interface JournalDisk {
  /** Opens a new or existing file for appending; creates its directory if there is none. */
  open(path: string): JournalFile;
  /** Replaces the file atomically by one with this content, which is on the disk when the call returns. */
  replace(path: string, content: Uint8Array): void;
  /** Moves a file; the move is on the disk when the call returns. */
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
  makeFolder(dirname(path));
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

/** The machine's own disk. */
export const machineDisk: JournalDisk = {
  open: openJournal,
  replace(path, content) {
    makeFolder(dirname(path));
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
    makeFolder(dirname(to));
    renameSync(from, to);
    syncDirectory(dirname(to));
  },
};
