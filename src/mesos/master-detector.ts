import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { openSession, parseConnectString, watchChildren, type ZooKeeperSession } from '../zookeeper/index.ts';
import { type MasterAddress, type MasterDetector, parseMasterAddress, staticDetector } from './detector.ts';
import type { MasterInfo } from './messages/types.ts';

export interface DetectorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Timeout of the ZooKeeper session; default 10 s, which is what Mesos' own detector asks for. */
  readonly sessionTimeoutMs?: number | undefined;
}

const SESSION_TIMEOUT_MS = 10_000;

/** Matches only masters; replicas of the log and the older protobuf nodes are in the same directory. */
const LEADER_NODE = /^json\.info_(\d{10})$/;

/** The leader's node: the one with the lowest number. Source: golden/mesos fact 124. */
const leaderOf = (names: readonly string[]): string | undefined =>
  names.filter((name) => LEADER_NODE.test(name)).sort()[0];

/**
 * Writes an `ip` in dotted form. The number is the address in network byte order, read as little-endian: 16777343 is
 * 127.0.0.1.
 */
const dotted = (ip: number): string => [0, 8, 16, 24].map((shift) => (ip >>> shift) & 0xff).join('.');

/**
 * The address at which a master says it listens. Prefers `address`, as `ip` may be reachable only for the master.
 * @throws Error when the text is no MasterInfo
 */
export function addressOf(json: string): MasterAddress {
  const info = JSON.parse(json) as Partial<MasterInfo>;
  const host =
    info.address?.ip ?? info.address?.hostname ?? (info.ip === undefined ? info.hostname : dotted(info.ip));
  const port = info.address?.port ?? info.port;
  if (!host || !port) throw new Error('it names no address and port');
  const name = info.address?.hostname ?? info.hostname;
  return { host, port, ...(name === undefined || name === host ? {} : { name }) };
}

/** Follows the leading master in ZooKeeper. Once the session is lost, no leader is known. */
function zookeeperDetector(text: string, options: DetectorOptions): MasterDetector {
  const { clock, random, log } = options;
  const { servers, path, digest } = parseConnectString(text);
  return {
    watch(listener) {
      const session: ZooKeeperSession = openSession({
        servers,
        digest,
        sessionTimeoutMs: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
        clock,
        random,
        log,
      });
      let told: string | undefined;
      let reading = 0;
      const tell = (leader: MasterAddress | undefined) => {
        const name = leader && `${leader.host} ${leader.port}`;
        if (name === told) return;
        told = name;
        listener(leader);
      };
      /** If the leader's node goes before it is read, the list of children changes and this is called again. */
      const onMasters = async (names: readonly string[] | undefined) => {
        const turn = ++reading;
        const node = leaderOf(names ?? []);
        if (node === undefined) return tell(undefined);
        const found = await session.read(`${path === '/' ? '' : path}/${node}`);
        if (turn !== reading || found === undefined) return;
        try {
          tell(addressOf(found.data.toString('utf8')));
        } catch (error) {
          log.error(
            { node, reason: messageOf(error) },
            'the node of a Mesos master in ZooKeeper cannot be read',
          );
          tell(undefined);
        }
      };
      const stopWatching = watchChildren({
        session,
        clock,
        random,
        path,
        onValue: (names) => {
          // A failed read means that the connection is lost; the next connection reads again.
          onMasters(names).catch(() => {});
        },
      });
      const stopListening = session.onState((state) => {
        if (state === 'lost') tell(undefined);
      });
      return async () => {
        reading = -1;
        stopWatching();
        stopListening();
        await session.close();
      };
    },
  };
}

/**
 * Makes the detector for an operator's setting: `host:port`, `[v6]:port`, or `zk://[user:password@]h1:p1,h2:p2/path`.
 * @throws AuroraError BAD_PARAMETER
 */
export const masterDetector = (text: string, options: DetectorOptions): MasterDetector =>
  text.startsWith('zk://') ? zookeeperDetector(text, options) : staticDetector(parseMasterAddress(text));
