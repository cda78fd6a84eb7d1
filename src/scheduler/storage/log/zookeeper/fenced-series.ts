import { AuroraError } from '../../../../base/errors.ts';
import { invariant } from '../../../../base/invariant.ts';
import { type Change, failureOf } from '../../../../zookeeper/index.ts';
import { type Fence, lostFence } from './fence.ts';
import { answered, entryPath, type LogPlace, placePauses } from './place.ts';

/** Numbered nodes below one parent, created in order without gaps, with many requests under way at a time. */
export interface FencedSeries {
  /** Number of the next node. */
  next(): number;
  /** Whether another node would be sent at once. */
  hasRoom(): boolean;
  /** Creates node `next()`; resolves when it exists, in order. The first failure is final, and fails the fence too. */
  add(data: Buffer): Promise<void>;
  /** Number of the last node that is known to exist together with all nodes before it. */
  created(): number;
  /** Resolves when all nodes added so far exist. */
  flushed(): Promise<void>;
}

export interface SeriesOptions {
  readonly place: LogPlace;
  readonly fence: Fence;
  readonly parent: string;
  /** Number of the first node to be added. */
  readonly first: number;
  /** How many nodes and bytes may be under way at a time. */
  readonly window: { readonly nodes: number; readonly bytes: number };
}

/**
 * Limits how often a node is sent. A server that cuts the connection whenever the node arrives (because it is larger
 * than its jute.maxbuffer) would otherwise be tried for ever.
 */
const MOST_SENDINGS = 20;

interface Node {
  readonly number: number;
  readonly data: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: AuroraError) => void;
  sendings: number;
  isThere: boolean;
}

/**
 * Each node is one multi: check the fence, check that the previous node exists, create the node. So nothing is written
 * after a new leader has begun, and there is never a gap, whatever happens to a single request.
 *
 * When the connection is lost, it is unknown which of the multis under way were carried out. The same ones are sent
 * again, in the same order, on the session's next connection. If a node exists by then with our bytes in it, the first
 * attempt created it. If a request of the old connection is carried out after its repetition, it finds the node there
 * and does nothing.
 */
export function fencedSeries({ place, fence, parent, first, window }: SeriesOptions): FencedSeries {
  const { session, logger } = place;
  let next = first;
  let settled = first - 1;
  const queue: Node[] = [];
  let onTheirWay: Node[] = [];
  let bytesOnTheirWay = 0;
  const attempts = new Set<Promise<void>>();
  let resending: Promise<void> | undefined;
  let lastAdded: Promise<void> = Promise.resolve();

  fence.onFailure((error) => {
    for (const { reject } of [...onTheirWay, ...queue.splice(0)]) reject(error);
    onTheirWay = [];
  });

  const changesOf = ({ number, data }: Node): Change[] => [
    fence.check,
    ...(number === 1 ? [] : [{ check: entryPath(parent, number - 1), version: 0 }]),
    { create: entryPath(parent, number), data, access: place.access },
  ];
  /** Resolves the promises of the nodes that exist, as far as all nodes before them exist too. */
  const settle = () => {
    while (onTheirWay[0]?.isThere) {
      const node = onTheirWay.shift() as Node;
      bytesOnTheirWay -= node.data.length;
      invariant(
        node.number === settled + 1 && bytesOnTheirWay >= 0,
        'a node was reported out of order',
        () => ({
          parent,
          number: node.number,
          settled,
          bytesOnTheirWay,
        }),
      );
      settled = node.number;
      node.resolve();
    }
    pump();
  };
  const isOurs = async ({ number, data }: Node): Promise<boolean> => {
    const path = entryPath(parent, number);
    const found = await answered(place, 'comparing an entry of', () => session.read(path));
    return found !== undefined && data.equals(found.data);
  };
  /** Resolves when the node exists, or when the connection was lost and its fate is unknown. */
  const send = async (node: Node): Promise<void> => {
    if (++node.sendings > MOST_SENDINGS)
      throw new AuroraError('STORAGE', `the connection was lost ${MOST_SENDINGS} times during one write`, {
        where: entryPath(parent, node.number),
        next: `make sure that jute.maxbuffer of the servers is well above ${node.data.length} bytes`,
      });
    try {
      await session.multi(changesOf(node));
      node.isThere = true;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === 'CONNECTION_LOSS') return;
      if (failure !== 'NODE_EXISTS' || !(await isOurs(node))) throw error;
      node.isThere = true;
    }
  };
  const attempt = async (node: Node): Promise<void> => {
    try {
      await send(node);
      if (node.isThere) settle();
      else resending ??= resend();
    } catch (error) {
      fence.fail(lostFence(place, fence, error));
    }
  };
  /** Sends all nodes under way again, until a connection lasts long enough for all answers. */
  const resend = async (): Promise<void> => {
    const pause = placePauses(place);
    try {
      await Promise.all(attempts);
      while (onTheirWay.length > 0 && !fence.failure()) {
        // Any request will do: once it is answered, there is a connection.
        await answered(place, 'connecting to', () => session.exists(parent));
        logger.info(
          { path: parent, nodes: onTheirWay.length },
          'repeating the writes to ZooKeeper that were not answered',
        );
        if (!fence.failure()) await Promise.all(onTheirWay.map(send));
        settle();
        if (onTheirWay.length > 0 && !fence.failure()) await pause.next();
      }
    } catch (error) {
      fence.fail(lostFence(place, fence, error));
    }
    resending = undefined;
    pump();
  };
  const pump = () => {
    while (queue.length > 0 && hasWindow() && !resending && !fence.failure()) {
      const node = queue.shift() as Node;
      onTheirWay.push(node);
      bytesOnTheirWay += node.data.length;
      const sent = attempt(node).finally(() => attempts.delete(sent));
      attempts.add(sent);
    }
  };
  const hasWindow = () => onTheirWay.length < window.nodes && bytesOnTheirWay < window.bytes;

  return {
    next: () => next,
    hasRoom: () => queue.length === 0 && hasWindow() && !resending,
    add(data) {
      const failure = fence.failure();
      if (failure) return Promise.reject(failure);
      lastAdded = new Promise((resolve, reject) => {
        queue.push({ number: next++, data, resolve, reject, sendings: 0, isThere: false });
      });
      lastAdded.catch(() => {});
      pump();
      return lastAdded;
    },
    created: () => ((onTheirWay[0] ?? queue[0])?.number ?? next) - 1,
    flushed: () => lastAdded,
  };
}
