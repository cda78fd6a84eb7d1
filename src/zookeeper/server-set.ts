/**
 * The server set: one ephemeral sequential node `member_<number>` for each server that is ready, in a directory that
 * may have other children. Source: the original's CuratorSingletonService and CuratorServiceGroupMonitor.
 */
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { pauses } from '../base/pauses.ts';
import type { Random } from '../base/random.ts';
import { failureOf, isGoneAnyway } from './failure.ts';
import { decodeMember, encodeMember, type Member } from './member.ts';
import { persist } from './persist.ts';
import type { NodeAccess, NodeData, ZooKeeperSession } from './session-contract.ts';
import { keepReading, listOrWait } from './watch.ts';

const MEMBER = /^member_(-?\d+)$/;
const numberOf = (name: string): number => Number(MEMBER.exec(name)?.[1]);
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const isNewer = (path: string, than: string): boolean => numberOf(nameOf(path)) > numberOf(nameOf(than));

/** The names of members, the newest last; other children are left out. */
const memberNodes = (names: readonly string[]): string[] =>
  names.filter((name) => MEMBER.test(name)).sort((a, b) => numberOf(a) - numberOf(b));

/** A member's node as it stands in ZooKeeper. */
interface MemberNode extends NodeData {
  readonly path: string;
}

/**
 * Reads the members' nodes, the newest last; none when there is no directory. A crashed leader's comes before its
 * successor's.
 */
export async function readMembers(
  session: ZooKeeperSession,
  path: string,
  names?: string[],
): Promise<MemberNode[]> {
  const found = memberNodes(names ?? (await session.children(path)) ?? []);
  const nodes = await Promise.all(
    found.map(async (name) => ({ path: `${path}/${name}`, node: await session.read(`${path}/${name}`) })),
  );
  return nodes.flatMap(({ path, node }) => (node ? [{ ...node, path }] : []));
}

export interface AnnounceOptions {
  readonly session: ZooKeeperSession;
  /** The directory; created when it is missing. */
  readonly path: string;
  readonly member: Member;
  readonly access: NodeAccess;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export interface Announcement {
  /** Removes the member at once. Resolves when it is gone, which is at the latest when the session ends. */
  withdraw(): Promise<void>;
}

/**
 * Makes us the only member; to be called by the elected leader. Members of others belong to crashed leaders whose sessions
 * have not expired yet; they are removed in the same transaction that adds ours, so that no reader sees none or two. A
 * member that somebody removes is made again while the session lives, unless a newer one has taken its place. Resolves
 * when the member exists; rejects with SESSION_EXPIRED when the session ends before, and when we may not write there.
 */
export async function announceMember(options: AnnounceOptions): Promise<Announcement> {
  const { session, path, access, clock, random, log } = options;
  const data = encodeMember(options.member);
  const common = { session, clock, random, log, what: `member of ${path}` };
  const sessionId = await persist({ ...common, run: async () => session.id() });
  const withdrawn = new AbortController();

  const pause = pauses({ clock, random, limits: { initialMs: 20, maxMs: 5_000 } });
  /**
   * Lists members after everything that this session sent before. Nodes name their session, which tells ours from others'.
   */
  async function look(): Promise<{ readonly own: string[]; readonly stale: string[] }> {
    await session.multi([{ check: path, version: -1 }]);
    const nodes = await readMembers(session, path);
    const pathsOf = (areOurs: boolean) =>
      nodes.filter(({ owner }) => (owner === sessionId) === areOurs).map((node) => node.path);
    return { own: pathsOf(true), stale: pathsOf(false) };
  }
  async function enter(): Promise<string> {
    await session.makePath(path, access);
    const { own, stale } = await look();
    const [kept, ...doubles] = own;
    for (const double of doubles) await session.remove(double);
    if (kept !== undefined && !stale.length) return kept;
    const create = { create: `${path}/member_`, data, kind: 'ephemeral-sequential', access } as const;
    if (stale.length > 0) log.warn({ path, stale }, 'removing members of leaders that are gone');
    const removals = stale.map((remove) => ({ remove }));
    try {
      await session.multi(kept === undefined ? [...removals, create] : removals);
    } catch (error) {
      // A member went by itself meanwhile: look again.
      if (failureOf(error) === 'NO_NODE') {
        await pause.next();
        return enter();
      }
      if (failureOf(error) !== 'NO_AUTH' || stale.length === 0) throw error;
      log.warn(
        { path, stale },
        'these members were made with other credentials; they go with their sessions',
      );
      if (kept !== undefined) return kept;
      await session.multi([create]);
      const made = (await look()).own[0];
      return made ?? enter();
    }
    return enter();
  }
  const beThere = (): Promise<string> =>
    persist({
      ...common,
      sessionId,
      final: ['NO_AUTH', 'INVALID_ACL', 'BAD_ARGUMENTS', 'AUTH_FAILED'],
      signal: withdrawn.signal,
      run: enter,
    });

  let node = await beThere();
  log.info({ path, node }, 'announced');
  /** The re-creation under way; a withdrawal waits for it. */
  let returning: Promise<unknown> = Promise.resolve();
  const stop = keepReading({
    ...common,
    async read(onChange) {
      if ((await session.exists(node, onChange)) || session.id() !== sessionId) return;
      const { stale } = await look();
      if (withdrawn.signal.aborted || stale.some((other) => isNewer(other, node))) return;
      log.warn({ path, node }, 'somebody removed the member; announcing it again');
      const again = beThere();
      returning = again.catch(() => {});
      node = await again;
      onChange();
    },
    onValue: () => {},
  });

  async function leave(): Promise<void> {
    stop();
    withdrawn.abort();
    await returning;
    const run = async () => {
      for (const own of (await look()).own) await session.remove(own);
    };
    await persist({ ...common, sessionId, final: ['NO_NODE', 'NO_AUTH'], run }).catch((error) => {
      if (!isGoneAnyway(error))
        log.warn({ path, error: messageOf(error) }, 'the member stays until its session ends');
    });
  }
  let withdrawal: Promise<void> | undefined;
  return {
    withdraw() {
      withdrawal ??= leave();
      return withdrawal;
    },
  };
}

export interface WatchMembersOptions {
  readonly session: ZooKeeperSession;
  readonly path: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** All readable members, the newest last, after every change; may be called again with equal members. */
  readonly onMembers: (members: readonly Member[]) => void;
}

/** Follows the server set; the last known members stand while no server can be reached. Returns a function that stops it. */
export function watchMembers({ path, session, log, onMembers, ...timing }: WatchMembersOptions): () => void {
  const read = async (onChange: () => void): Promise<Member[]> => {
    const names = await listOrWait(session, path, onChange);
    if (names === undefined) return [];
    return (await readMembers(session, path, names)).flatMap(({ path, data }) => {
      try {
        return [decodeMember(data)];
      } catch (error) {
        log.warn({ path, error: messageOf(error) }, 'a member of the server set is unreadable');
        return [];
      }
    });
  };
  return keepReading({ session, ...timing, read, onValue: onMembers });
}
