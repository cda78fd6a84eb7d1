import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Cluster, clustersWithHooks } from '../clusters.ts';
import { hasGlob, matchesGlob } from '../glob.ts';
import type { Session } from '../session.ts';

/** A module with hooks, and the cluster or folder that it applies to. */
export interface ModuleFile {
  /** Absolute path. */
  readonly path: string;
  /** The cluster whose entry names the module; undefined for one that lies beside a job file. */
  readonly cluster: string | undefined;
}

const BESIDE_JOBS = 'aurora.config.ts';

/**
 * The modules that apply to a command line: those of the clusters that it names, then, for a command that reads job
 * files, the ones beside the files that it names. The words are examined as typed, because plugins may change how they
 * are read. When there are no such modules, this only costs a look at the cluster files.
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

/** Whether a word names the cluster, as `west`, `west/web/prod/api` and `we*` do. */
function names(word: string, { name }: Cluster): boolean {
  const [first = ''] = word.split('/', 1);
  return first === name || (hasGlob(first) && matchesGlob(first, name));
}

/**
 * The folder of the file that a word, or the value of the flag in it, names; none when it is not a file. Links are
 * followed, as they are when the file is loaded.
 */
function folderOf(word: string): readonly string[] {
  const value = word.startsWith('-') ? word.slice(word.indexOf('=') + 1) : word;
  if (value === '' || value.startsWith('-')) return [];
  const path = resolve(value);
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? [dirname(realpathSync(path))] : [];
}
