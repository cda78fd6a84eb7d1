import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';

/** An open file with only the calls that the log makes, so that tests can make each of them fail. */
export interface DiskFile {
  /** Writes all of `bytes` at `position`. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Reads up to `bytes.length` bytes; 0 at the end. */
  read(bytes: Uint8Array, position: number): Promise<number>;
  size(): Promise<number>;
  truncate(size: number): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export interface Disk {
  /** `create` fails if the file exists. */
  open(path: string, mode: 'read' | 'write' | 'create'): Promise<DiskFile>;
  list(directory: string): Promise<string[]>;
  makeDirectory(directory: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Makes new and renamed entries of the directory durable. */
  syncDirectory(directory: string): Promise<void>;
}

const FLAGS = { read: 'r', write: 'r+', create: 'wx+' } as const;

async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten === 0) throw new Error('the disk took no bytes');
    done += bytesWritten;
  }
}

/** A file of the operating system; partial writes are continued. */
export function diskFile(handle: FileHandle): DiskFile {
  return {
    write: (bytes, position) => writeFully(handle, bytes, position),
    read: async (bytes, position) => (await handle.read(bytes, 0, bytes.length, position)).bytesRead,
    size: async () => (await handle.stat()).size,
    truncate: (size) => handle.truncate(size),
    datasync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

/** The machine's file system. */
export const systemDisk: Disk = {
  open: async (path, mode) => diskFile(await open(path, FLAGS[mode], 0o600)),
  list: (directory) => readdir(directory),
  makeDirectory: async (directory) => void (await mkdir(directory, { recursive: true, mode: 0o700 })),
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncDirectory(directory) {
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};
