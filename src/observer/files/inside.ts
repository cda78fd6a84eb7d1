/**
 * Opens files inside a sandbox and nothing else. The observer may be root while the task is not, and the task can
 * replace files by links at any moment. So a file is opened first, and then the kernel is asked where the descriptor
 * really is; checking the path beforehand would prove nothing.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';

const { O_DIRECTORY, O_NOCTTY, O_NONBLOCK, O_RDONLY } = constants;

/** An open file or directory that is known to be inside the sandbox. */
export interface Inside {
  readonly file: number;
  readonly stats: Stats;
  close(): void;
}

const within = (base: string, path: string): boolean =>
  path === base || path.startsWith(base === '/' ? '/' : `${base}/`);

function open(sandbox: string, path: string, flags: number): Inside | undefined {
  if (path.includes('\0')) return undefined;
  let base: string;
  let file: number;
  try {
    base = realpathSync(sandbox);
    file = openSync(join(sandbox, path), O_RDONLY | O_NONBLOCK | O_NOCTTY | flags);
  } catch {
    return undefined;
  }
  const close = () => closeSync(file);
  try {
    if (within(base, readlinkSync(`/proc/self/fd/${file}`))) return { file, stats: fstatSync(file), close };
  } catch {
    // Without proof that it is inside, it is treated as outside.
  }
  close();
  return undefined;
}

/** Opens a regular file below the sandbox; undefined when there is none or it is really elsewhere. */
export function openFileInside(sandbox: string, path: string): Inside | undefined {
  const found = open(sandbox, path, 0);
  if (found?.stats.isFile()) return found;
  found?.close();
  return undefined;
}

/** One name in a directory. */
export interface Entry {
  readonly name: string;
  readonly kind: 'directory' | 'file' | 'link' | 'other';
  /** Bytes, and seconds since the epoch; for a link, its own values. Absent when the entry is gone already. */
  readonly size?: number;
  readonly mtime?: number;
}

function told(path: string): Pick<Entry, 'size' | 'mtime'> {
  try {
    const { mtimeMs, size } = lstatSync(path);
    return { size, mtime: mtimeMs / 1000 };
  } catch {
    return {};
  }
}

/** Lists a directory in the sandbox, sorted by name; undefined when there is none or it is really elsewhere. */
export function listInside(sandbox: string, path: string): readonly Entry[] | undefined {
  const found = open(sandbox, path, O_DIRECTORY);
  if (!found) return undefined;
  try {
    return readdirSync(`/proc/self/fd/${found.file}`, { withFileTypes: true })
      .map((entry) => ({
        ...told(`/proc/self/fd/${found.file}/${entry.name}`),
        name: entry.name,
        kind: entry.isDirectory()
          ? ('directory' as const)
          : entry.isFile()
            ? ('file' as const)
            : entry.isSymbolicLink()
              ? ('link' as const)
              : ('other' as const),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return undefined;
  } finally {
    found.close();
  }
}
