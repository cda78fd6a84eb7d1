import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Session } from './session.ts';

/** An entry of clusters.json, with the fields that the client reads. */
export interface Cluster {
  readonly name: string;
  /** ZooKeeper hosts, comma separated, without ports. */
  readonly zk?: string | undefined;
  readonly zkPort: number;
  /** Where in ZooKeeper the schedulers announce themselves. */
  readonly schedulerZkPath?: string | undefined;
  /** Address of the scheduler; counts only when there is no `zk`. */
  readonly schedulerUri?: string | undefined;
  /** Base of shown addresses when the scheduler is found through ZooKeeper; never called. */
  readonly proxyUrl?: string | undefined;
  /** Work directory of the agents, and the folder of a run in it; for `task run`, `ssh` and `scp`. */
  readonly slaveRoot?: string | undefined;
  readonly slaveRunDirectory?: string | undefined;
  /** Everything that the entry says, under the file's own names. */
  readonly entry?: Readonly<Record<string, unknown>> | undefined;
  /** Address of the Docker registry that is asked for digests of images. */
  readonly dockerRegistry?: string | undefined;
}

export interface Clusters {
  readonly byName: ReadonlyMap<string, Cluster>;
  /** What a wildcard means: the clusters of the files, or the built-in one when they have none. */
  readonly all: readonly Cluster[];
}

/** The cluster of `aurora scheduler start` with its own flags; an entry of the same name takes its place. */
const BUILT_IN: Cluster = { name: 'local', zkPort: 2181, schedulerUri: 'http://127.0.0.1:8081' };

/** The user's home directory. */
export const homeOf = (env: Session['env']): string => env.HOME || homedir();

/** Files that describe clusters, lowest priority first. */
const clusterFiles = (env: Session['env']): readonly string[] => [
  join(env.AURORA_CONFIG_ROOT || '/etc/aurora', 'clusters.json'),
  join(homeOf(env), '.aurora', 'clusters.json'),
];

/**
 * All known clusters: the built-in `local`, then `$AURORA_CONFIG_ROOT/clusters.json` (default /etc/aurora), then
 * `~/.aurora/clusters.json`; later entries replace earlier ones of the same name. Entries without a name are skipped
 * with a warning. Throws CONFIG when a file cannot be read or is not what it should be.
 */
export function loadClusters({ env, log }: Pick<Session, 'env' | 'log'>): Clusters {
  const clusters = new Map<string, Cluster>();
  for (const file of clusterFiles(env)) {
    for (const entry of entriesOf(file)) {
      const cluster = clusterOf(entry, file);
      if (cluster) clusters.set(cluster.name, cluster);
      else log.warn({ file }, `an entry of ${file} has no name and is left out`);
    }
  }
  const all = clusters.size > 0 ? [...clusters.values()] : [BUILT_IN];
  return { byName: new Map([[BUILT_IN.name, BUILT_IN], ...clusters]), all };
}

/** The cluster of that name. Throws UNKNOWN_CLUSTER. */
export function clusterNamed(clusters: Clusters, name: string): Cluster {
  const cluster = clusters.byName.get(name);
  if (cluster) return cluster;
  throw new AuroraError('UNKNOWN_CLUSTER', `Unknown cluster: ${name}`, {
    next: `known are ${[...clusters.byName.keys()].join(', ')}; others are added in ~/.aurora/clusters.json`,
  });
}

type Entry = Readonly<Record<string, unknown>>;

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function entriesOf(file: string): readonly Entry[] {
  const text = textOf(file);
  if (text === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw broken(file, `is not JSON: ${messageOf(cause)}`);
  }
  const entries = Array.isArray(value) ? value : isEntry(value) ? Object.values(value) : undefined;
  if (entries?.every(isEntry)) return entries;
  throw broken(file, 'must be a list of objects, one a cluster');
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw broken(file, `cannot be read: ${messageOf(cause)}`);
  }
}

const broken = (file: string, text: string) =>
  new AuroraError('CONFIG', `${file} ${text}`, { next: 'correct the file' });

function clusterOf(entry: Entry, file: string): Cluster | undefined {
  const text = (field: string): string | undefined => {
    const value = entry[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    throw broken(file, `has a ${field} that is no text`);
  };
  const name = text('name');
  if (!name) return undefined;
  const zkPort = Number(entry.zk_port ?? 2181);
  if (!Number.isInteger(zkPort) || zkPort < 1 || zkPort > 65_535)
    throw broken(file, `has a zk_port that is no port, for cluster ${name}`);
  return {
    name,
    zk: text('zk'),
    zkPort,
    schedulerZkPath: text('scheduler_zk_path'),
    schedulerUri: text('scheduler_uri'),
    proxyUrl: text('proxy_url'),
    dockerRegistry: text('docker_registry'),
    slaveRoot: text('slave_root'),
    slaveRunDirectory: text('slave_run_directory'),
    entry,
  };
}
