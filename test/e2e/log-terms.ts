import type { ZooKeeperSession } from '../../src/zookeeper/index.ts';

/** Where an entry of the log has the term of the leader who wrote it. */
const TERM_OFFSET = 1;

export interface LogTerms {
  /** Reads the entries written since the last look. @throws Error when a term goes back: two processes wrote. */
  look(): Promise<void>;
  readonly entries: () => number;
  /** How many leaders wrote something. */
  readonly leaders: () => number;
}

/** Follows the terms in a log in ZooKeeper, entry by entry, without the reader that the schedulers have. */
export function logTerms(session: ZooKeeperSession, path: string): LogTerms {
  const terms = new Set<number>();
  let entries = 0;
  let last = { number: 0, term: 0 };
  return {
    async look() {
      const names = ((await session.children(`${path}/entries`)) ?? []).filter(
        (name) => Number(name) > last.number,
      );
      for (const name of names.sort()) {
        const node = await session.read(`${path}/entries/${name}`);
        // Given up after a snapshot since we listed it.
        if (!node) continue;
        const number = Number(name);
        const term = node.data.readUInt32LE(TERM_OFFSET);
        if (term < last.term)
          throw new Error(`two writers: entry ${number} has term ${term}, entry ${last.number} ${last.term}`);
        last = { number, term };
        terms.add(term);
        entries++;
      }
    },
    entries: () => entries,
    leaders: () => terms.size,
  };
}
