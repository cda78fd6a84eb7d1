/** Access to sandboxes from outside, by paths that lead into one and never out of it. */
import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { executorsOf } from './agent-model.ts';
import type { AgentCore } from './core.ts';

/** The file that a path names, and the sandbox it is in. 'inaccessible': the path leads out of the sandbox. */
export type ResolvedFile = { readonly real: string; readonly root: string } | 'unknown' | 'inaccessible';

/** One entry of a directory; links are followed. */
export interface FileEntry {
  readonly path: string;
  readonly stats: Stats;
}

/** Every path that names a sandbox, with the directory behind it. `latest` is the newest run. */
export function attachedPaths(core: AgentCore): Map<string, string> {
  const paths = new Map<string, string>();
  for (const framework of [...core.completedFrameworks, ...core.frameworks.values()]) {
    for (const executor of [...framework.completed, ...executorsOf(framework).reverse()]) {
      const { sandbox } = executor;
      paths.set(sandbox, sandbox);
      paths.set(join(dirname(sandbox), 'latest'), sandbox);
      paths.set(`/frameworks/${framework.id}/executors/${executor.id}/runs/latest`, sandbox);
    }
  }
  return paths;
}

const isWithin = (root: string, real: string): boolean => real === root || real.startsWith(`${root}/`);

/** Resolves a path; links may lead anywhere inside the same sandbox. */
export function resolveSandboxPath(core: AgentCore, path: string): ResolvedFile {
  if (path.split('/').includes('..') || path.includes('\0')) return 'inaccessible';
  const wanted = path.replace(/\/+$/, '');
  for (const [name, sandbox] of attachedPaths(core)) {
    if (wanted !== name && !wanted.startsWith(`${name}/`)) continue;
    try {
      const root = realpathSync(sandbox);
      const real = realpathSync(join(sandbox, wanted.slice(name.length)));
      return isWithin(root, real) ? { real, root } : 'inaccessible';
    } catch {
      return 'unknown';
    }
  }
  return 'unknown';
}

/** Entries of a directory, sorted, named below the requested path; empty for a file. Links that lead out are omitted. */
export function listFiles(path: string, { real, root }: Exclude<ResolvedFile, string>): FileEntry[] {
  if (!statSync(real).isDirectory()) return [];
  const base = path.replace(/\/+$/, '');
  return readdirSync(real)
    .sort()
    .flatMap((name) => {
      try {
        const target = realpathSync(join(real, name));
        return isWithin(root, target) ? [{ path: `${base}/${name}`, stats: statSync(target) }] : [];
      } catch {
        return []; // A broken link, or an entry that was just removed.
      }
    });
}

/**
 * Reads bytes of a file from `offset`, at most `length`. Never blocks, since pipes and devices are refused.
 * @throws Error when it is not a regular file
 */
export function readPart(real: string, offset: number, length: number): { size: number; data: Buffer } {
  if (!statSync(real).isFile()) throw new Error('Not a file.');
  const file = openSync(real, 'r');
  try {
    const { size } = fstatSync(file);
    const data = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
    const read = data.length === 0 ? 0 : readSync(file, data, 0, data.length, offset);
    return { size, data: data.subarray(0, read) };
  } finally {
    closeSync(file);
  }
}

/** Names by number from /etc/passwd or /etc/group; an unknown number is shown as itself. */
function namesIn(path: string): (id: number) => string {
  const names = new Map<number, string>();
  try {
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const [name, , id] = line.split(':');
      if (name && id) names.set(Number(id), name);
    }
  } catch {
    // Without the file only numbers are shown.
  }
  return (id) => names.get(id) ?? String(id);
}

/** User and group names for a listing. */
export const ownerNames = () => ({ user: namesIn('/etc/passwd'), group: namesIn('/etc/group') });

const TYPES: readonly (readonly [test: (stats: Stats) => boolean, letter: string])[] = [
  [(stats) => stats.isDirectory(), 'd'],
  [(stats) => stats.isFIFO(), 'p'],
  [(stats) => stats.isSocket(), 's'],
  [(stats) => stats.isBlockDevice(), 'b'],
  [(stats) => stats.isCharacterDevice(), 'c'],
];

/** A mode in the form of ls(1): `drwxr-xr-x`. */
export function modeText(stats: Stats): string {
  const bits = [8, 7, 6, 5, 4, 3, 2, 1, 0].map((bit) =>
    stats.mode & (1 << bit) ? ('xwr'[bit % 3] as string) : '-',
  );
  const special = (at: number, bit: number, letter: string) => {
    if (stats.mode & bit) bits[at] = bits[at] === 'x' ? letter : letter.toUpperCase();
  };
  special(2, 0o4000, 's');
  special(5, 0o2000, 's');
  special(8, 0o1000, 't');
  return `${TYPES.find(([test]) => test(stats))?.[1] ?? '-'}${bits.join('')}`;
}
