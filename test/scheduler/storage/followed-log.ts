import type { Log, LogReader } from '../../../src/scheduler/storage/index.ts';

/** One process that follows the log; it moves only when told. */
export interface Follower {
  readonly log: Log;
  /** Reads on by so many records. */
  follow(records: number): void;
  /** Is given so many records again that it has had. */
  repeat(records: number): void;
  /** Begins again with the newest snapshot, after having read so many chunks of it in vain. */
  restart(inVain: number): void;
}

/** A log in memory with a leader and those who follow it, for tests. */
export interface FollowedLog {
  readonly leader: Log;
  follower(): Follower;
}

export function followedLog(): FollowedLog {
  const records: Uint8Array[] = [];
  let snapshot: readonly Uint8Array[] | undefined;
  /** Records that the snapshot stands for. */
  let covered = 0;
  let term = 0;

  const leader: Log = {
    recover: async () => ({ term: ++term, snapshotBytes: 0, records: 0 }),
    append: async (record) => void records.push(record),
    async writeSnapshot(chunks) {
      const upTo = records.length;
      const taken: Uint8Array[] = [];
      for await (const chunk of chunks) taken.push(chunk);
      snapshot = taken;
      covered = upTo;
    },
    generations: async () => [],
    failure: () => undefined,
    bytesSinceSnapshot: () => 0,
    close: async () => undefined,
  };

  const follower = (): Follower => {
    let reader: LogReader | undefined;
    let next = 0;
    const follow = (count: number) => {
      for (const record of records.slice(next, next + count)) reader?.apply(record);
      next = Math.min(records.length, next + count);
    };
    const restart = (inVain: number) => {
      reader?.restart();
      for (const chunk of snapshot?.slice(0, inVain) ?? []) reader?.apply(chunk);
      reader?.restart();
      for (const chunk of snapshot ?? []) reader?.apply(chunk);
      next = covered;
    };
    return {
      follow,
      restart,
      repeat(count) {
        // From before its snapshot nothing comes again.
        const from = Math.max(covered, next - count);
        for (const record of records.slice(from, next)) reader?.apply(record);
      },
      log: {
        ...leader,
        async recover(itsReader, { lead } = {}) {
          reader = itsReader;
          restart(0);
          await lead;
          follow(records.length);
          return { term: ++term, snapshotBytes: 0, records: records.length - covered };
        },
      },
    };
  };
  return { leader, follower };
}
