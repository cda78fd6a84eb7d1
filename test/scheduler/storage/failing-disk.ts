import { type Disk, type DiskFile, systemDisk } from '../../../src/scheduler/storage/log/disk.ts';

/**
 * How a call fails. before: nothing was done. after: it was done, but is told as failed. half: half of the bytes were
 * written. lost: what was written since the last sync is gone, as after a failed write-back.
 */
export type Failure = 'before' | 'after' | 'half' | 'lost';

/** One call of the log to its disk. */
export interface DiskCall {
  readonly call: string;
  readonly path: string;
}

/** The ways in which a call can fail. */
export const failuresOf = ({ call }: DiskCall): readonly Failure[] => {
  if (call === 'write') return ['before', 'half', 'after'];
  if (call === 'datasync') return ['before', 'lost', 'after'];
  return ['rename', 'remove', 'truncate', 'open create'].includes(call) ? ['before', 'after'] : ['before'];
};

const errno = (code: string) => Object.assign(new Error(`${code}: i/o error`), { code });

/** The machine's disk without waiting for it: no test here cuts the power. */
export const hastyDisk: Disk = {
  ...systemDisk,
  syncDirectory: async () => undefined,
  async open(path, mode) {
    const file = await systemDisk.open(path, mode);
    return { ...file, datasync: async () => undefined };
  },
};

export interface FailingDisk {
  readonly disk: Disk;
  /** Every call so far. */
  readonly calls: readonly DiskCall[];
  openFiles(): number;
}

/** The machine's disk on which one call, counted from 0, fails once. */
export function failingDisk(failing = -1, failure: Failure = 'before'): FailingDisk {
  const calls: DiskCall[] = [];
  let open = 0;

  const made = async <T>(
    call: string,
    path: string,
    run: () => Promise<T>,
    half?: () => Promise<unknown>,
  ): Promise<T> => {
    const isFailing = calls.push({ call, path }) - 1 === failing;
    if (!isFailing) return run();
    if (failure === 'after') await run();
    else if (failure !== 'before') await half?.();
    throw errno(failure === 'half' ? 'ENOSPC' : 'EIO');
  };
  const watched = (file: DiskFile, path: string): DiskFile => {
    let unsynced: { readonly position: number; readonly length: number }[] = [];
    let isOpen = true;
    const wrote = (position: number, length: number) => unsynced.push({ position, length });
    return {
      write: (bytes, position) =>
        made(
          'write',
          path,
          async () => {
            await file.write(bytes, position);
            wrote(position, bytes.length);
          },
          () => file.write(bytes.subarray(0, bytes.length >> 1), position),
        ),
      datasync: () =>
        made(
          'datasync',
          path,
          async () => {
            await file.datasync();
            unsynced = [];
          },
          async () => {
            for (const { position, length } of unsynced) await file.write(Buffer.alloc(length), position);
          },
        ),
      read: (bytes, position) => made('read', path, () => file.read(bytes, position)),
      size: () => made('size', path, file.size),
      truncate: (size) => made('truncate', path, () => file.truncate(size)),
      // A failed close has closed the file all the same.
      async close() {
        if (isOpen) open--;
        isOpen = false;
        await file.close();
        await made('close', path, async () => {});
      },
    };
  };
  return {
    calls,
    openFiles: () => open,
    disk: {
      async open(path, mode) {
        let opened: DiskFile | undefined;
        try {
          await made(`open ${mode}`, path, async () => {
            opened = await hastyDisk.open(path, mode);
          });
        } catch (error) {
          await opened?.close();
          throw error;
        }
        open++;
        return watched(opened as unknown as DiskFile, path);
      },
      list: (path) => made('list', path, () => hastyDisk.list(path)),
      makeDirectory: (path) => made('makeDirectory', path, () => hastyDisk.makeDirectory(path)),
      rename: (from, to) => made('rename', to, () => hastyDisk.rename(from, to)),
      remove: (path) => made('remove', path, () => hastyDisk.remove(path)),
      syncDirectory: (path) => made('syncDirectory', path, () => hastyDisk.syncDirectory(path)),
    },
  };
}
