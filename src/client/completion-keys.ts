import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, clusterNamed, homeOf, loadClusters } from './clusters.ts';
import { schedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';

/** Nobody waits longer than this for a key that is pressed. */
const DEADLINE_MS = 1_500;
/** An answer is as good as new for this long. */
const FRESH_MS = 60_000;

/** Names of all clusters that begin so, each with what follows it in a key. */
export const clusterNames = (session: Session, end: '' | '/'): readonly string[] =>
  [...loadClusters(session).byName.keys()].map((name) => `${name}${end}`);

/**
 * What a beginning of CLUSTER/ROLE/ENV/NAME can go on as, one part further: `west/we` as `west/web/`. At most `depth`
 * parts. The scheduler is asked, for a second and a half; answers are kept in the user's cache for a minute, and longer
 * for when it does not answer. Never throws: what cannot be known is not offered.
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

/** Asked once, and not again: whoever completes presses the key once more. */
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

/** The answer of the cache if it is fresh, else the scheduler's, else whatever the cache has. */
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
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(keys), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // a cache that cannot be written is none
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
