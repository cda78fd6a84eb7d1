import type { Logger } from '../../base/log.ts';

interface Commit {
  durable: boolean;
  readonly effects: readonly (() => void)[];
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Commits on their way to the disk, in order. */
export interface CommitQueue {
  /**
   * Resolves when `appended` has resolved (undefined: nothing to append), every commit before this one is through,
   * and the effects have run; rejects once any append failed.
   */
  add(appended: Promise<void> | undefined, effects: readonly (() => void)[]): Promise<void>;
  /** Resolves when every commit added so far is through; rejects when the log failed. */
  settled(): Promise<void>;
}

/** @param onFailure called once, with the first failure of an append; says what every commit rejects with. */
export function commitQueue(logger: Logger, onFailure: (cause: unknown) => unknown): CommitQueue {
  const waiting = new Set<Commit>();
  let failure: { readonly reason: unknown } | undefined;

  const run = (effect: () => void) => {
    try {
      effect();
    } catch (error) {
      logger.error({ error }, 'an effect of a committed write failed');
    }
  };
  /** Lets through what is durable at the head of the queue. */
  const drain = () => {
    for (const commit of waiting) {
      if (failure || !commit.durable) return;
      waiting.delete(commit);
      for (const effect of commit.effects) run(effect);
      commit.resolve();
    }
  };
  const fail = (cause: unknown) => {
    if (failure) return;
    failure = { reason: onFailure(cause) };
    for (const commit of waiting) commit.reject(failure.reason);
    waiting.clear();
  };

  const add = (appended: Promise<void> | undefined, effects: readonly (() => void)[]) =>
    new Promise<void>((resolve, reject) => {
      if (failure) return reject(failure.reason);
      const commit = { durable: false, effects, resolve, reject };
      waiting.add(commit);
      (appended ?? Promise.resolve()).then(() => {
        commit.durable = true;
        drain();
      }, fail);
    });

  return {
    add,
    settled: () => {
      if (failure) return Promise.reject(failure.reason);
      return waiting.size === 0 ? Promise.resolve() : add(undefined, []);
    },
  };
}
