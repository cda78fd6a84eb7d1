import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from '../../proc/make-folder.ts';

/** An open file that is only appended to. */
export interface AuditFile {
  /** Continues in a new file when somebody has renamed or removed this one. */
  follow(): Promise<void>;
  /** Appends whole lines. If an earlier write failed in the middle of a line, starts on a new line first. */
  append(lines: string, sync: boolean): Promise<void>;
  bytes(): number;
  /** Renames the file, with a suffix that makes a name not yet in use, and continues in a new one. */
  putAside(suffix: string): Promise<void>;
  close(): Promise<void>;
}

export type OpenAuditFile = () => Promise<AuditFile>;

const NEWLINE = 10;

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function writeFully(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);
    if (bytesWritten === 0) throw new Error('the disk took no bytes');
    done += bytesWritten;
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );

/** Opens the file at the path, or creates it, readable by its owner only. */
export const openAuditFile =
  (path: string): OpenAuditFile =>
  async () => {
    let handle: FileHandle;
    let inode: number;
    let size: number;
    let isCut: boolean;
    const take = async () => {
      makeFolder(dirname(path), 0o700);
      handle = await open(path, 'a+', 0o600);
      const found = await handle.stat();
      inode = found.ino;
      size = found.size;
      const last = Buffer.alloc(1);
      isCut = size > 0 && (await handle.read(last, 0, 1, size - 1)).bytesRead === 1 && last[0] !== NEWLINE;
      await syncDirectory(path);
    };
    await take();
    return {
      async follow() {
        const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return undefined;
          throw error;
        });
        if (there?.ino === inode) return;
        await handle.close();
        await take();
      },
      async append(lines, sync) {
        const bytes = Buffer.from(isCut ? `\n${lines}` : lines);
        isCut = true;
        await writeFully(handle, bytes);
        if (sync) await handle.datasync();
        isCut = false;
        size += bytes.length;
      },
      bytes: () => size,
      async putAside(suffix) {
        const name = `${path}.${suffix.replaceAll(':', '')}`;
        let aside = name;
        for (let number = 1; await exists(aside); number++) aside = `${name}.${number}`;
        await handle.sync();
        await rename(path, aside);
        await handle.close();
        await take();
      },
      close: () => handle.close(),
    };
  };
