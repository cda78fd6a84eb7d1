/**
 * Leader election among the children of one node, compatible with Curator's LeaderSelector: every candidate creates an
 * ephemeral sequential node, and the lowest number leads. Our candidates and those of the original share one queue. Source:
 * Curator's InterProcessMutex (names, order, protection by uuid), the original's CuratorSingletonService (path, data).
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
  /** The directory; created when it is missing. Members of the server set may be in it, too. */
  readonly path: string;
  /** The content of the candidate's node: its host name. */
  readonly name: string;
  readonly access: NodeAccess;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export interface Election {
  /** Resolves when our node is the first. Never rejects; stays pending when we withdraw or are defeated before. */
  readonly elected: Promise<void>;
  /**
   * Resolves with the reason when we lose the leadership or our place in the queue, because the session was lost or
   * somebody removed our node. A lost connection alone is no defeat. Pending for ever after `withdraw`.
   */
  readonly defeated: Promise<string>;
  /**
   * Takes our node out of the queue at once. Resolves when the node is gone, which is at the latest when the session ends.
   */
  withdraw(): Promise<void>;
}

/** The number has ten digits until a directory has had 2^31 children, after which it turns negative. */
const CANDIDATE = /^_c_[0-9a-f-]{36}-lock-(-?\d+)$/;
const numberOf = (name: string) => Number(CANDIDATE.exec(name)?.[1]);

/** The names of the candidates, the leader first; other children are left out. */
const queueOf = (names: readonly string[]): string[] =>
  names.filter((name) => CANDIDATE.test(name)).sort((a, b) => numberOf(a) - numberOf(b));

/** Becomes a candidate as soon as the session is connected. */
export function joinElection(options: ElectionOptions): Election {
  const { session, path, name, access, clock, random, log } = options;
  const elected = deferred<void>();
  const defeated = deferred<string>();
  const ended = new AbortController();
  const stops: (() => void)[] = [];
  /** The prefix of our node's name, and the session that makes the node; a node of an older session is not ours any more. */
  let mark: { readonly sessionId: string | undefined; readonly prefix: string } | undefined;
  /** Our node, once it is known to exist; if it is missing afterwards, we are defeated. */
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
    log.warn({ path, node: own, isLeading, reason }, 'this process is no longer a candidate');
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
   * Finds our node by its prefix, because a creation may have succeeded without an answer. The check goes through the
   * ensemble's leader, after everything that this session sent on earlier connections; the list is read after it.
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
      // Without a node there is nothing to lose; we make one in the next session.
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
    // The node ends with its session, and it cannot exist without the directory.
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
