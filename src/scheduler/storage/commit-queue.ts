import type { Clock } from '../../base/clock.ts';
import { fifo } from '../../base/fifo.ts';
import { invariant } from '../../base/invariant.ts';
import type { Logger } from '../../base/log.ts';

/**
 * What is to be done once a write is durable: each function is called with what stands at its place in `about`. Written so
 * because every change of a task has two effects, and as many closures would be a sixth of what outlives a collection.
 */
export interface Effects {
  readonly acts: readonly ((about: never) => void)[];
  readonly about: readonly unknown[];
}

interface Commit {
  readonly number: number;
  durable: boolean;
  readonly effects: Effects;
  /** How many of the effects have run. */
  done: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Commits in order, until each is durable and its effects have run. */
export interface CommitQueue {
  /**
   * Resolves when `appended` has resolved (undefined: nothing to append), every earlier commit is done and the effects
   * have run; rejects once any append has failed.
   */
  add(appended: Promise<void> | undefined, effects: Effects): Promise<void>;
  /** Resolves when every commit added so far is done; rejects when the log failed. */
  settled(): Promise<void>;
}

/** Effects run for at most this long at a time; those of a thousand new tasks would block everything else. */
const SLICE_MS = 5;
/** Effects of a write that has none. */
export const NO_EFFECTS: Effects = { acts: [], about: [] };
/** In a turn of the event loop that has been at work for this long already, they wait for a turn of their own. */
const BUSY_MS = 8;

/** @param onFailure called once, with the first failure of an append; returns what every commit then rejects with. */
export function commitQueue(
  clock: Clock,
  logger: Logger,
  onFailure: (cause: unknown) => unknown,
): CommitQueue {
  const waiting = fifo<Commit>();
  let added = 0;
  let done = 0;
  let failure: { readonly reason: unknown } | undefined;

  const run = ({ acts, about }: Effects, at: number) => {
    try {
      (acts[at] as (about: unknown) => void)(about[at]);
    } catch (error) {
      logger.error({ error }, 'an effect of a committed write failed');
    }
  };
  let paused = false;
  const pause = () => {
    paused = true;
    clock.after(0, () => {
      paused = false;
      drain(SLICE_MS);
    });
  };
  /** Runs the effects of the commits at the head of the queue that are durable, for at most `ms`. */
  const drain = (ms: number) => {
    if (paused) return;
    const untilMs = clock.monotonicMs() + ms;
    for (let commit = waiting.first(); commit; commit = waiting.first()) {
      if (failure || !commit.durable) return;
      const { effects } = commit;
      while (commit.done < effects.acts.length) {
        if (clock.monotonicMs() > untilMs) return pause();
        run(effects, commit.done++);
      }
      invariant(commit.number === done + 1, 'a commit was completed out of order', () => ({
        number: commit.number,
        done,
        waiting: waiting.size,
      }));
      done++;
      waiting.shift();
      commit.resolve();
    }
  };
  const fail = (cause: unknown) => {
    if (failure) return;
    failure = { reason: onFailure(cause) };
    for (let commit = waiting.shift(); commit; commit = waiting.shift()) commit.reject(failure.reason);
  };

  const add = (appended: Promise<void> | undefined, effects: Effects) =>
    new Promise<void>((resolve, reject) => {
      if (failure) return reject(failure.reason);
      const commit = { durable: false, effects, done: 0, number: ++added, resolve, reject };
      waiting.push(commit);
      (appended ?? Promise.resolve()).then(() => {
        commit.durable = true;
        drain(Math.min(SLICE_MS, BUSY_MS - (clock.busyMs?.() ?? 0)));
      }, fail);
    });

  return {
    add,
    settled: () => {
      if (failure) return Promise.reject(failure.reason);
      return waiting.size === 0 ? Promise.resolve() : add(undefined, NO_EFFECTS);
    },
  };
}
