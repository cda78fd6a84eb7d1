import { type Clock, sleep } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import { silentLogger } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import {
  decodeMember,
  type Member,
  openSession,
  parseConnectString,
  readMembers,
  type ZooKeeperSession as ZooKeeper,
} from '../zookeeper/index.ts';
import type { Cluster } from './clusters.ts';
import type { Session } from './session.ts';

/** Source: the original's limits of ten seconds each. */
const CONNECT_LIMIT_MS = 10_000;
const MEMBER_LIMIT_MS = 10_000;
const POLL_MS = 100;

/**
 * Finds the address of the leading scheduler among the members that announce themselves in ZooKeeper. The newest member
 * is taken, because the entry of a crashed leader stays until its session ends; its `https` endpoint is preferred to
 * its `http` one. Throws CONFIG when the cluster does not say where to look, and NETWORK when ZooKeeper cannot be
 * reached, no member appears in time, or the member has no endpoint.
 */
export async function findLeader(
  { clock, signal }: Pick<Session, 'clock' | 'signal'>,
  cluster: Cluster,
): Promise<string> {
  const path = cluster.schedulerZkPath;
  if (!path) {
    throw new AuroraError('CONFIG', `cluster ${cluster.name} has zk, but no scheduler_zk_path`, {
      next: 'add it to its entry in clusters.json',
    });
  }
  const zooKeeper = openSession({
    servers: serversOf(cluster),
    clock,
    random: systemRandom,
    log: silentLogger,
  });
  const waiting = { clock, signal };
  try {
    const isUp = () => zooKeeper.state() === 'connected' || undefined;
    if (!(await within(CONNECT_LIMIT_MS, waiting, async () => isUp())))
      throw absent(cluster, `ZooKeeper at ${cluster.zk} does not answer`);
    const member = await within(MEMBER_LIMIT_MS, waiting, () => newestMember(zooKeeper, path));
    if (member === undefined) throw absent(cluster, `no scheduler of ${cluster.name} is in ZooKeeper`);
    return endpointOf(member, cluster);
  } finally {
    await zooKeeper.close();
  }
}

const absent = (cluster: Cluster, text: string) =>
  new AuroraError('NETWORK', text, { where: `${cluster.zk}${cluster.schedulerZkPath}` });

/** The ZooKeeper servers; hosts without a port of their own get `zk_port`. */
const serversOf = ({ zk = '', zkPort }: Cluster) =>
  parseConnectString(
    zk
      .split(',')
      .map((host) => (/:\d+$/.test(host.trim()) ? host.trim() : `${host.trim()}:${zkPort}`))
      .join(','),
  ).servers;

/** The first value that `probe` gives within the limit; undefined when there is none. */
async function within<T>(
  limitMs: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  probe: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const untilMs = clock.monotonicMs() + limitMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined || clock.monotonicMs() >= untilMs) return value;
    await sleep(clock, POLL_MS, signal);
  }
}

/** The data of the newest member; undefined when there is none or a read failed; the caller retries. */
async function newestMember(zooKeeper: ZooKeeper, path: string): Promise<Buffer | undefined> {
  try {
    return (await readMembers(zooKeeper, path)).at(-1)?.data;
  } catch {
    return undefined;
  }
}

function endpointOf(data: Buffer, cluster: Cluster): string {
  let endpoints: Member['additionalEndpoints'];
  try {
    endpoints = decodeMember(data).additionalEndpoints;
  } catch (error) {
    throw absent(cluster, `what the scheduler of ${cluster.name} says in ZooKeeper is ${messageOf(error)}`);
  }
  for (const scheme of ['https', 'http'] as const) {
    const endpoint = endpoints[scheme];
    if (endpoint === undefined) continue;
    const { host, port } = endpoint;
    return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }
  throw absent(
    cluster,
    `the scheduler of ${cluster.name} has neither an https nor an http endpoint in ZooKeeper`,
  );
}
