import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { closestName } from '../base/closest-name.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import { silentLogger } from '../base/log.ts';
import type { Session } from './session.ts';

/** The fields of an entry of clusters.json that the client reads. */
export interface Cluster {
  readonly name: string;
  /** ZooKeeper hosts, separated by commas; a host without a port gets `zkPort`. */
  readonly zk?: string | undefined;
  readonly zkPort: number;
  /** The path in ZooKeeper under which schedulers announce themselves. */
  readonly schedulerZkPath?: string | undefined;
  /** The scheduler's address; only used when there is no `zk`. */
  readonly schedulerUri?: string | undefined;
  /** The base of the addresses that are shown when the scheduler is found through ZooKeeper; never called. */
  readonly proxyUrl?: string | undefined;
  /** The agents' work directory, and the directory of a run inside it; used by `task run`, `ssh` and `scp`. */
  readonly slaveRoot?: string | undefined;
  readonly slaveRunDirectory?: string | undefined;
  /** The whole entry, under the file's own names. */
  readonly entry?: Readonly<Record<string, unknown>> | undefined;
  /** The address of the Docker registry that is asked for the digests of images. */
  readonly dockerRegistry?: string | undefined;
  /** The modules with hooks for this cluster, as absolute paths. */
  readonly hooks?: readonly string[] | undefined;
  /** The credentials and the trusted certificates; see access.ts. */
  readonly access?: ClusterAccess | undefined;
}

/**
 * Credentials and certificates of an entry. Files are absolute paths here; in the entry they may be relative to its
 * file or begin with `~/`.
 */
interface ClusterAccess {
  /** `KERBEROS`; any other value means that only the other fields and the netrc file supply credentials. */
  readonly mechanism?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly username?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

export interface Clusters {
  readonly byName: ReadonlyMap<string, Cluster>;
  /** The clusters that a wildcard matches: those of the files, or the built-in one when there are none. */
  readonly all: readonly Cluster[];
}

/** The cluster that `aurora scheduler start` serves with its default flags; an entry of the same name replaces it. */
const BUILT_IN: Cluster = { name: 'local', zkPort: 2181, schedulerUri: 'http://127.0.0.1:8081' };

/** The user's home directory. Without HOME the system is asked, through a module that nothing else loads. */
export const homeOf = (env: Session['env']): string =>
  env.HOME || process.getBuiltinModule('node:os').homedir();

/** Files that describe clusters, lowest priority first. Files that a variable names must exist. */
const clusterFiles = (env: Session['env']): readonly (readonly [file: string, isNamed: boolean])[] => [
  [join(env.AURORA_CONFIG_ROOT || '/etc/aurora', 'clusters.json'), false],
  [join(homeOf(env), '.aurora', 'clusters.json'), false],
  ...(env.AURORA_CLUSTERS ?? '')
    .split(':')
    .filter((file) => file !== '')
    .map((file) => [file, true] as const),
];

/**
 * Loads all known clusters. The sources, in order, are: the built-in `local`, `$AURORA_CONFIG_ROOT/clusters.json`
 * (default /etc/aurora), `~/.aurora/clusters.json`, the files in `$AURORA_CLUSTERS` (paths separated by colons), and
 * the cluster that `$AURORA_CLUSTER` and `$AURORA_SCHEDULER_URI` describe. Later entries replace earlier ones of the
 * same name. Entries without a name are skipped with a warning. Throws CONFIG when a file cannot be read or is
 * malformed.
 */
export function loadClusters({ env, log }: Pick<Session, 'env' | 'log'>): Clusters {
  const clusters = new Map<string, Cluster>();
  for (const [file, isNamed] of clusterFiles(env)) {
    for (const entry of entriesOf(file, isNamed)) {
      const cluster = clusterOf(entry, file, env);
      if (cluster) clusters.set(cluster.name, cluster);
      else log.warn({ file }, `an entry of ${file} has no name and is left out`);
    }
  }
  const { AURORA_CLUSTER: name, AURORA_SCHEDULER_URI: schedulerUri } = env;
  if (name && schedulerUri) {
    const { zk: _, ...rest } = clusters.get(name) ?? { name, zkPort: 2181 };
    clusters.set(name, { ...rest, schedulerUri });
  }
  const all = clusters.size > 0 ? [...clusters.values()] : [BUILT_IN];
  return { byName: new Map([[BUILT_IN.name, BUILT_IN], ...clusters]), all };
}

/**
 * The clusters whose entries name modules with hooks. Files that do not contain the word are not parsed. Errors are
 * ignored here; a command that needs the file reports them.
 */
export function clustersWithHooks(session: Pick<Session, 'env'>): readonly Cluster[] {
  try {
    if (!clusterFiles(session.env).some(([file]) => textOf(file)?.includes('"hooks"'))) return [];
    return [...loadClusters({ ...session, log: silentLogger }).byName.values()].filter(({ hooks }) => hooks);
  } catch {
    return [];
  }
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

function entriesOf(file: string, isNamed: boolean): readonly Entry[] {
  const text = textOf(file);
  if (text === undefined && isNamed) throw broken(file, 'is named by AURORA_CLUSTERS and is not there');
  if (text === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw broken(`${file}${placeOf(cause, text)}`, `is not JSON: ${plain(cause)}`);
  }
  const entries = Array.isArray(value) ? value : isEntry(value) ? Object.values(value) : undefined;
  if (entries?.every(isEntry)) return entries;
  throw broken(file, 'must be a list of objects, one a cluster');
}

/** The place of the syntax error that Node reports, as `:LINE:COLUMN`. */
function placeOf(error: unknown, text: string): string {
  const at = / at position (\d+)/.exec(messageOf(error))?.[1];
  const before = text.slice(0, at === undefined ? text.length : Number(at)).split('\n');
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

const plain = (error: unknown): string =>
  messageOf(error).replace(/ in JSON at position .*|, \.{3}[\s\S]*|, "[\s\S]*is not valid JSON$/, '');

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

/** The fields that the client reads, for detecting misspellings. All other fields are kept but have no effect. */
const FIELDS = [
  'zk',
  'zk_port',
  'scheduler_zk_path',
  'scheduler_uri',
  'proxy_url',
  'docker_registry',
  'hooks',
  'slave_root',
  'slave_run_directory',
  'auth_mechanism',
  'token_file',
  'username',
  'password_file',
  'ca_file',
  'client_certificate',
  'client_key',
];

/** A hint such as `; "shceduler_uri" may be meant for "scheduler_uri"`, or an empty text. */
export function misspelled({ entry = {} }: Cluster): string {
  for (const field of Object.keys(entry).filter((one) => one !== 'name' && !FIELDS.includes(one))) {
    const meant = closestName(field, FIELDS);
    if (meant !== undefined) return `: "${field}" looks like "${meant}"`;
  }
  return '';
}

function clusterOf(entry: Entry, file: string, env: Session['env']): Cluster | undefined {
  const text = (field: string): string | undefined => {
    const value = entry[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    throw broken(file, `has a ${field} that is no text`);
  };
  const path = (field: string): string | undefined => {
    const value = text(field);
    return value === undefined || value === '' ? undefined : located(value);
  };
  const located = (value: string): string =>
    value.startsWith('~/') ? join(homeOf(env), value.slice(2)) : resolve(dirname(file), value);
  const paths = (field: string): readonly string[] | undefined => {
    const value = entry[field];
    if (!Array.isArray(value)) {
      const one = path(field);
      return one === undefined ? undefined : [one];
    }
    if (value.every((item) => typeof item === 'string')) return value.map(located);
    throw broken(file, `has ${field} that are no texts`);
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
    hooks: paths('hooks'),
    access: accessIn(text, path),
  };
}

/** The access fields of an entry; undefined when it has none. */
function accessIn(
  text: (field: string) => string | undefined,
  path: (field: string) => string | undefined,
): ClusterAccess | undefined {
  const access = {
    mechanism: text('auth_mechanism'),
    tokenFile: path('token_file'),
    username: text('username'),
    passwordFile: path('password_file'),
    caFile: path('ca_file'),
    certificateFile: path('client_certificate'),
    keyFile: path('client_key'),
  };
  return Object.values(access).some((value) => value !== undefined) ? access : undefined;
}
