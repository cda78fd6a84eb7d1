/**
 * One member among others in a server set, for as long as it is wanted: made again after the session was lost and after
 * somebody removed it, and never there twice. Source: the original's ServerSet and its announcer.
 */
import { type BackoffLimits, nextBackoff } from '../base/backoff.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { failureOf } from './failure.ts';
import { encodeMember, type Member } from './member.ts';
import { readMembers } from './server-set.ts';
import type { NodeAccess, ZooKeeperSession } from './session-contract.ts';

/** Whatever refuses us may change its mind, an access list included. The original tries every 15 s. */
const RETRY: BackoffLimits = { initialMs: 500, maxMs: 15_000 };

export interface ServerSetPlace {
  /** Wants to be there, and goes on trying. */
  join(): void;
  /** Wants to be away; resolves when the member is gone, or the session with it. */
  leave(): Promise<void>;
  /** Whether the member is there, as far as is known. */
  joined(): boolean;
}

interface PlaceOptions {
  readonly session: ZooKeeperSession;
  /** The directory; made when it is missing. */
  readonly path: string;
  readonly member: Member;
  readonly access: NodeAccess;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Told when the member comes, goes, or is no longer sure to be there. */
  readonly onChange?: (joined: boolean) => void;
}

/** Begins away; nothing is done before `join`. */
export function serverSetPlace(options: PlaceOptions): ServerSetPlace {
  const { session, path, access, clock, random, log } = options;
  const data = encodeMember(options.member);
  let wanted = false;
  let node: string | undefined;
  /** The session that `node` belongs to. */
  let owner: string | undefined;
  /** Sessions in which a member may have been made that we do not know of, or that is still there. */
  const doubtful = new Set<string>();
  let busy = false;
  let again = false;
  let waitMs = 0;
  let retry: Timer | undefined;
  const waiting: (() => void)[] = [];

  const become = (next: string | undefined, session?: string) => {
    const before = node !== undefined;
    node = next;
    owner = session;
    if (before !== (next !== undefined)) options.onChange?.(next !== undefined);
  };

  /** Finds what earlier attempts left; one of this session is kept, all others go. */
  const clear = async (sessionId: string): Promise<string | undefined> => {
    if (doubtful.size === 0) return undefined;
    const suspects = new Set(doubtful);
    const ours = (await readMembers(session, path)).filter(
      ({ owner: by }) => by !== undefined && suspects.has(by),
    );
    const kept = ours.find(({ owner: by }) => by === sessionId)?.path;
    for (const one of ours) if (one.path !== kept) await session.remove(one.path);
    for (const suspect of suspects) doubtful.delete(suspect);
    return kept;
  };

  const enter = async (sessionId: string) => {
    if (node !== undefined && owner === sessionId && (await session.exists(node, settle))) return;
    if (owner !== undefined && owner !== sessionId) doubtful.add(owner);
    become(undefined);
    await session.makePath(path, access);
    let found = await clear(sessionId);
    if (found === undefined) {
      doubtful.add(sessionId);
      found = await session.create(`${path}/member_`, data, { kind: 'ephemeral-sequential', access });
      doubtful.delete(sessionId);
    }
    become(found, sessionId);
    log.info({ node: found }, 'announced');
    if (!(await session.exists(found, settle))) again = true;
  };

  const withdraw = async (sessionId: string) => {
    if (node !== undefined) {
      if (owner !== undefined && owner !== sessionId) doubtful.add(owner);
      else await session.remove(node);
      log.info({ node }, 'withdrawn');
    }
    become(undefined);
    const left = await clear(sessionId);
    if (left !== undefined) await session.remove(left);
  };

  const done = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };

  /** Makes it so; one at a time, and once more when something changed meanwhile. */
  function settle(): void {
    again = true;
    if (busy) return;
    busy = true;
    retry?.cancel();
    void work().finally(() => {
      busy = false;
      if (!wanted && (node === undefined || session.state() === 'closed')) done();
    });
  }

  async function work(): Promise<void> {
    while (again) {
      again = false;
      const sessionId = session.id();
      if (session.state() !== 'connected' || sessionId === undefined) return;
      try {
        await (wanted ? enter(sessionId) : withdraw(sessionId));
        waitMs = 0;
      } catch (error) {
        // A new connection brings us here again.
        if (failureOf(error) === 'CONNECTION_LOSS') return;
        waitMs = nextBackoff(RETRY, waitMs, random);
        log.warn({ path, error: messageOf(error), waitMs }, 'the server set refuses; trying again');
        retry = clock.after(waitMs, settle);
        return;
      }
    }
  }

  session.onState((state) => {
    if (state === 'connected') settle();
    if (state === 'lost' && node !== undefined) {
      if (owner !== undefined) doubtful.add(owner);
      become(undefined);
    }
    if (state === 'closed' || (state === 'lost' && !wanted)) done();
    if (state === 'closed') retry?.cancel();
  });

  return {
    join() {
      wanted = true;
      settle();
    },
    leave() {
      wanted = false;
      return new Promise((resolve) => {
        const idle = node === undefined && !busy && doubtful.size === 0;
        if (idle || session.state() === 'closed') {
          retry?.cancel();
          return resolve();
        }
        waiting.push(resolve);
        settle();
      });
    },
    joined: () => node !== undefined,
  };
}
