import type { ReadStores, WriteStores } from './stores.ts';

/** What a write works with: the stores, and the door to the world that opens when the write is durable. */
export interface WriteTransaction extends WriteStores {
  /**
   * Runs `effect` once the write is durable: Mesos calls, acknowledgements, events. Effects run in the order of the
   * commits and, in one write, of these calls. An effect that throws is logged; the rest goes on.
   */
  afterCommit(effect: () => void): void;
}

/** The scheduler's state. Rule: apply, append, then speak. */
export interface Storage {
  /** Looks at the stores; may see what is applied but not durable yet: await `settled` before it leaves the process. */
  read<T>(look: (stores: ReadStores) => T): T;
  /**
   * Applies `change` to the stores at once, before this call returns, and appends what it changed to the log; resolves
   * with its result when that is durable and its effects have run. Writes that arrive together share one append.
   * `change` is synchronous. When it throws, everything it did is undone, nothing is appended and the promise rejects
   * with what it threw.
   * @throws AuroraError STORAGE (as rejection) when the log failed or the storage is closed; after a failed append the
   * scheduler stops, it is never retried.
   */
  write<T>(change: (tx: WriteTransaction) => T): Promise<T>;
  /** Resolves when everything applied so far is durable and its effects have run. */
  settled(): Promise<void>;
  /** Writes a snapshot now and trims the log; normally the storage decides by log bytes and time. */
  snapshot(): Promise<void>;
  /** Waits for what is under way, then closes the log. */
  close(): Promise<void>;
}
