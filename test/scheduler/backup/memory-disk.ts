import { basename, dirname, join } from 'node:path';
import type { Disk, DiskFile } from '../../../src/scheduler/storage/log/disk.ts';

/** A disk in memory; `fail` can make any call throw. */
export interface MemoryDisk extends Disk {
  readonly files: Map<string, Buffer>;
  /** The calls since the beginning, as `rename /a/b`. */
  readonly calls: string[];
  /** Asked before every call; what it throws, the call throws. */
  fail: (call: string, path: string) => void;
}

const missing = (path: string) =>
  Object.assign(new Error(`ENOENT: no such file or directory, '${path}'`), { code: 'ENOENT' });

export function memoryDisk(): MemoryDisk {
  const files = new Map<string, Buffer>();
  const calls: string[] = [];
  const step = (call: string, path: string) => {
    calls.push(`${call} ${basename(path)}`);
    disk.fail(call, path);
  };
  const file = (path: string): DiskFile => ({
    async write(bytes, position) {
      step('write', path);
      const old = files.get(path) ?? Buffer.alloc(0);
      const grown = Buffer.alloc(Math.max(old.length, position + bytes.length));
      old.copy(grown);
      grown.set(bytes, position);
      files.set(path, grown);
    },
    async read(bytes, position) {
      const whole = files.get(path) ?? Buffer.alloc(0);
      const part = whole.subarray(position, position + bytes.length);
      bytes.set(part);
      return part.length;
    },
    size: async () => files.get(path)?.length ?? 0,
    truncate: async () => undefined,
    datasync: async () => step('datasync', path),
    close: async () => step('close', path),
  });
  const disk: MemoryDisk = {
    files,
    calls,
    fail: () => {},
    async open(path, mode) {
      step('open', path);
      if (mode === 'create') files.set(path, Buffer.alloc(0));
      else if (!files.has(path)) throw missing(path);
      return file(path);
    },
    async list(directory) {
      step('list', directory);
      return [...files.keys()].filter((path) => dirname(path) === directory).map((path) => basename(path));
    },
    makeDirectory: async (directory) => step('makeDirectory', directory),
    async rename(from, to) {
      step('rename', from);
      const bytes = files.get(from);
      if (!bytes) throw missing(from);
      files.delete(from);
      files.set(to, bytes);
    },
    async remove(path) {
      step('remove', path);
      files.delete(path);
    },
    syncDirectory: async (directory) => step('syncDirectory', directory),
  };
  return disk;
}

/** A disk that holds one file. */
export function diskWith(path: string, bytes: Uint8Array): MemoryDisk {
  const disk = memoryDisk();
  disk.files.set(join('/', path), Buffer.from(bytes));
  return disk;
}
