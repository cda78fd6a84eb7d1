/**
 * Keeps one member of ours in a server set for as long as it is wanted: makes it again after the session was lost or
 * somebody removed it, and never leaves two. Source: the original's ServerSet and its announcer.
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

/** Every refusal is retried, since even an access list may change. The original tries every 15 s. */
const RETRY: BackoffLimits = { initialMs: 500, maxMs: 15_000 };

export interface ServerSetPlace {
  /** Asks for the member to exist, and keeps trying. */
  join(): void;
  /** Asks for the member to go. Resolves when the member, or the session that holds it, is gone. */
  leave(): Promise<void>;
  /** Whether the member exists, as far as is known. */
  joined(): boolean;
}

interface PlaceOptions {
  readonly session: ZooKeeperSession;
  /** The directory; created when it is missing. */
  readonly path: string;
  readonly member: Member;
  readonly access: NodeAccess;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Called when the member appears, disappears, or can no longer be assumed to exist. */
  readonly onChange?: (joined: boolean) => void;
}

/** Starts without a member; does nothing before `join`. */
export function serverSetPlace(options: PlaceOptions): ServerSetPlace {
  const { session, path, access, clock, random, log } = options;
  const data = encodeMember(options.member);
  let wanted = false;
  let node: string | undefined;
  /** The session that `node` belongs to. */
  let owner: string | undefined;
  /** Sessions that may still hold a member of ours, because its creation was never answered or it was not removed. */
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

  /** Finds the members that earlier attempts left. Keeps one of this session and removes all others. */
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

  /** Brings the member to the wanted state. Runs one at a time, and once more when something changed meanwhile. */
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
        // The next connection calls `settle` again.
        if (failureOf(error) === 'CONNECTION_LOSS') return;
        waitMs = nextBackoff(RETRY, waitMs, random);
        log.warn(
          { path, error: messageOf(error), waitMs },
          'the server set refused the member; trying again',
        );
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
