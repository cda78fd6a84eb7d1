import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Cluster, clustersWithHooks } from '../clusters.ts';
import { hasGlob, matchesGlob } from '../glob.ts';
import type { Session } from '../session.ts';

/** A module with hooks, and where it counts. */
export interface ModuleFile {
  /** Absolute path. */
  readonly path: string;
  /** The cluster whose entry names it; undefined for one next to a job file. */
  readonly cluster: string | undefined;
}

const BESIDE_JOBS = 'aurora.config.ts';

/**
 * Modules that a command line is about: those of the clusters that it names, then, of a command that reads job files, the
 * ones next to the files that it names. It is found out from the words as they are typed: plugins have a say in how these
 * are read. Without such modules it costs a look at the clusters' files.
 */
export function moduleFiles(
  session: Pick<Session, 'env'>,
  words: readonly string[],
  readsFiles: boolean,
): readonly ModuleFile[] {
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  const named = clustersWithHooks(session).filter((cluster) => own.some((word) => names(word, cluster)));
  const ofClusters = named.flatMap(({ name, hooks = [] }) => hooks.map((path) => ({ path, cluster: name })));
  const folders = readsFiles ? own.flatMap((word) => folderOf(word)) : [];
  const ofFolders = [...new Set(folders)]
    .map((folder) => join(folder, BESIDE_JOBS))
    .filter((path) => existsSync(path))
    .map((path) => ({ path, cluster: undefined }));
  return [...ofClusters, ...ofFolders];
}

/** `west`, `west/web/prod/api`, `we*`. */
function names(word: string, { name }: Cluster): boolean {
  const [first = ''] = word.split('/', 1);
  return first === name || (hasGlob(first) && matchesGlob(first, name));
}

/** Where a file lies that is a word, or the value of a flag in it; links are followed, as when it is loaded. */
function folderOf(word: string): readonly string[] {
  const value = word.startsWith('-') ? word.slice(word.indexOf('=') + 1) : word;
  if (value === '' || value.startsWith('-')) return [];
  const path = resolve(value);
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? [dirname(realpathSync(path))] : [];
}
