import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../proc/make-folder.ts';
import { type Cluster, clusterNamed, homeOf, loadClusters } from './clusters.ts';
import { schedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';

/** The longest time that a key press of the user waits for candidates. */
const DEADLINE_MS = 1_500;
/** A cached answer is used without asking again for this long. */
const FRESH_MS = 60_000;

/** The names of all clusters, each followed by `end`. */
export const clusterNames = (session: Session, end: '' | '/'): readonly string[] =>
  [...loadClusters(session).byName.keys()].map((name) => `${name}${end}`);

/**
 * The candidates that complete the beginning of a CLUSTER/ROLE/ENV/NAME key by one more part, as `west/we` by
 * `west/web/`, up to `depth` parts. The scheduler gets a second and a half to answer. Answers stay in the user's cache;
 * they are used for a minute, and longer when the scheduler does not answer. Never throws: on failure there are no
 * candidates.
 */
export async function keysBeginning(
  session: Session,
  word: string,
  depth: number,
): Promise<readonly string[]> {
  const parts = word.split('/');
  if (parts.length > depth) return [];
  if (parts.length === 1) return clusterNames(session, depth > 1 ? '/' : '');
  try {
    const [name = '', role = ''] = parts;
    const cluster = clusterNamed(loadClusters(session), name);
    const known =
      parts.length === 2
        ? await kept(session, cluster, '', () => roles(session, cluster))
        : await kept(session, cluster, role, () => jobs(session, cluster, role));
    const at = parts.length;
    const found = known.map((key) => {
      const own = [name, ...key.split('/')].slice(0, at).join('/');
      return at < depth ? `${own}/` : own;
    });
    return [...new Set(found)];
  } catch {
    return [];
  }
}

/** A client that tries only once; a user who completes a word will just press the key again. */
const client = (session: Session, cluster: Cluster) =>
  schedulerClient({ ...session, limits: { retryForMs: 0, callTimeoutMs: DEADLINE_MS } }, cluster);

async function roles(session: Session, cluster: Cluster): Promise<readonly string[]> {
  const { result } = await client(session, cluster).query('getRoleSummary', {});
  return (result?.roleSummaryResult?.summaries ?? []).flatMap(({ role }) => (role ? [role] : []));
}

/** `role/environment/name` of every job. */
async function jobs(session: Session, cluster: Cluster, role: string): Promise<readonly string[]> {
  const { result } = await client(session, cluster).query('getJobs', { ownerRole: role });
  return (result?.getJobsResult?.configs ?? []).map(
    ({ key }) => `${key?.role}/${key?.environment}/${key?.name}`,
  );
}

/** The cached answer if it is fresh, else the scheduler's answer, else whatever the cache holds. */
async function kept(
  session: Session,
  { name }: Cluster,
  role: string,
  ask: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const folder = join(
    session.env.XDG_CACHE_HOME || join(homeOf(session.env), '.cache'),
    'aurora',
    'completion',
  );
  const file = join(folder, `${encodeURIComponent(`${name}/${role}`)}.json`);
  const old = readKept(file);
  if (old && Math.abs(session.clock.nowMs() - old.atMs) < FRESH_MS) return old.keys;
  const keys = await Promise.race([ask().catch(() => undefined), deadline(session)]);
  if (!keys) return old?.keys ?? [];
  try {
    makeFolder(folder, 0o700);
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(keys), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // Ignored: without a cache the next completion just asks the scheduler again.
  }
  return keys;
}

const deadline = ({ clock }: Session) =>
  new Promise<undefined>((done) => void clock.after(DEADLINE_MS, () => done(undefined)));

function readKept(file: string): { readonly keys: readonly string[]; readonly atMs: number } | undefined {
  try {
    const keys = JSON.parse(readFileSync(file, 'utf8')) as readonly string[];
    return Array.isArray(keys) ? { keys, atMs: statSync(file).mtimeMs } : undefined;
  } catch {
    return undefined;
  }
}
