/**
 * Leader election among the children of one node, as Curator's LeaderSelector does it: every candidate makes an ephemeral
 * sequential node, the lowest number leads. Candidates of this program and of the original's stand in one queue.
 * Source: Curator's InterProcessMutex (names, order, protection by uuid), the original's CuratorSingletonService (path, data).
 */
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { type Random, uuid } from '../base/random.ts';
import { isGoneAnyway } from './failure.ts';
import { persist } from './persist.ts';
import type { NodeAccess, ZooKeeperSession } from './session-contract.ts';
import { keepReading } from './watch.ts';

export interface ElectionOptions {
  readonly session: ZooKeeperSession;
  /** The directory; made when it is missing. Members of the server set may stand in it, too. */
  readonly path: string;
  /** What the candidate's node holds: its host name. */
  readonly name: string;
  readonly access: NodeAccess;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export interface Election {
  /** Resolves when our node is the first; never rejects, and stays pending when we withdraw or are defeated before. */
  readonly elected: Promise<void>;
  /**
   * Resolves with the reason when the leadership, or the place in the queue, is lost: the session is, or somebody removed
   * our node. A lost connection alone changes nothing. Pending for ever after `withdraw`.
   */
  readonly defeated: Promise<string>;
  /** Takes our node out of the queue at once; resolves when it is gone, with the session at the latest. */
  withdraw(): Promise<void>;
}

/** Ten digits, until the directory has had two thousand million children and the number turns negative. */
const CANDIDATE = /^_c_[0-9a-f-]{36}-lock-(-?\d+)$/;
const numberOf = (name: string) => Number(CANDIDATE.exec(name)?.[1]);

/** Names of the candidates, the leader first; other children are left out. */
const queueOf = (names: readonly string[]): string[] =>
  names.filter((name) => CANDIDATE.test(name)).sort((a, b) => numberOf(a) - numberOf(b));

/** Becomes a candidate as soon as the session is connected. */
export function joinElection(options: ElectionOptions): Election {
  const { session, path, name, access, clock, random, log } = options;
  const elected = deferred<void>();
  const defeated = deferred<string>();
  const ended = new AbortController();
  const stops: (() => void)[] = [];
  /** What a node of ours begins with, and the session it is made in: a node of an older session counts for nothing. */
  let mark: { readonly sessionId: string | undefined; readonly prefix: string } | undefined;
  /** Set once our node is known to be there; its absence afterwards is a defeat. */
  let own: string | undefined;
  let isLeading = false;
  let withdrawal: Promise<void> | undefined;

  const end = () => {
    ended.abort();
    for (const stop of stops.splice(0)) stop();
  };
  const lose = (reason: string) => {
    if (ended.signal.aborted) return;
    end();
    log.warn({ path, node: own, isLeading, reason }, 'no candidate any more');
    defeated.resolve(reason);
  };
  const judge = (names: readonly string[]) => {
    const queue = queueOf(names);
    if (own === undefined || !queue.includes(own)) return lose(`the node ${path}/${own} was removed`);
    if (isLeading || queue[0] !== own) return;
    isLeading = true;
    log.info({ path, node: own }, 'elected');
    elected.resolve();
  };

  /**
   * The name of our node when it is there, whether or not its making was ever answered. The check goes through the
   * ensemble's leader, behind everything that this session sent on earlier connections, and the list comes after it.
   */
  async function find(prefix: string): Promise<string | undefined> {
    await session.multi([{ check: path, version: -1 }]);
    return (await session.children(path))?.find((child) => child.startsWith(prefix));
  }
  async function make(): Promise<string> {
    const sessionId = session.id();
    if (mark === undefined || mark.sessionId !== sessionId)
      mark = { sessionId, prefix: `_c_${uuid(random)}-lock-` };
    const { prefix } = mark;
    await session.makePath(path, access);
    const found = await find(prefix);
    if (found !== undefined) return found;
    const made = await session.create(`${path}/${prefix}`, Buffer.from(name), {
      kind: 'ephemeral-sequential',
      access,
    });
    return made.slice(path.length + 1);
  }
  const common = { session, clock, random, log };
  const entered = persist({
    ...common,
    what: `candidacy in ${path}`,
    signal: ended.signal,
    run: make,
  }).then(
    (made) => {
      if (ended.signal.aborted) return;
      if (session.id() !== mark?.sessionId) return lose('the ZooKeeper session was lost');
      own = made;
      log.info({ path, node: own }, 'candidate');
      const read = async (onChange: () => void) => (await session.children(path, onChange)) ?? [];
      stops.push(keepReading({ ...common, read, onValue: judge }));
    },
    () => lose('the ZooKeeper session was closed'),
  );
  stops.push(
    session.onState((state) => {
      if (state === 'closed') lose('the ZooKeeper session was closed');
      // Without a node yet there is nothing to lose: the next session makes one.
      else if (state === 'lost' && own !== undefined) lose('the ZooKeeper session was lost');
    }),
  );

  async function leave(): Promise<void> {
    if (ended.signal.aborted) return;
    end();
    await entered;
    if (mark === undefined) return;
    const { prefix, sessionId } = mark;
    const run = async () => {
      const node = await find(prefix);
      if (node !== undefined) await session.remove(`${path}/${node}`);
    };
    // The node goes with its session, and cannot be where there is no directory.
    const final = ['NO_NODE', 'NO_AUTH'];
    await persist({ ...common, what: `withdrawal from ${path}`, sessionId, final, run }).catch((error) => {
      if (!isGoneAnyway(error))
        log.warn({ path, error: messageOf(error) }, 'the candidacy stays until its session ends');
    });
  }

  return {
    elected: elected.promise,
    defeated: defeated.promise,
    withdraw() {
      withdrawal ??= leave();
      return withdrawal;
    },
  };
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((take) => {
    resolve = take;
  });
  return { promise, resolve };
}
