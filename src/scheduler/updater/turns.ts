import type { JobUpdateKey } from '../../api/index.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Storage, WriteTransaction } from '../storage/index.ts';
import { jobUpdateKeyText } from '../storage/keys.ts';

/** An update with work to do. */
export interface Waiting {
  readonly key: JobUpdateKey;
  /** Instances to judge. */
  readonly changed: Set<number>;
  /** Whether to judge all instances that the update is working on. */
  all: boolean;
}

export interface TurnsOptions {
  readonly clock: Clock;
  readonly storage: Storage;
  /** Does a piece of the update's work and removes it from `waiting`; true when more can be done at once. */
  advance(tx: WriteTransaction, waiting: Waiting): boolean;
  /** The transaction failed, because of this update or another one in the same write, so its work was undone. */
  undone(key: JobUpdateKey): void;
  /** The update's work failed when it was tried alone. */
  failed(key: JobUpdateKey, error: unknown): void;
}

export interface Turns {
  /** Adds work for the update: one instance, or without an id all of them. */
  add(key: JobUpdateKey, instanceId?: number): void;
  forget(key: JobUpdateKey): void;
  /** Starts working on what was added. */
  start(): void;
  close(): void;
  readonly size: number;
}

/** No further piece begins after this time, so that other work gets its turn. */
const TURN_MS = 5;
/** Most pieces in one write. */
const TURN_PIECES = 64;

/**
 * Works on all updates in small pieces, in turn, with many pieces in one write. When a write fails, its pieces are
 * tried again one by one, so that only the update at fault fails.
 */
export function turns({ clock, storage, advance, failed, undone }: TurnsOptions): Turns {
  const waiting = new Map<string, Waiting>();
  let timer: Timer | undefined;
  let started = false;
  let closed = false;
  /** How many writes still take a single piece, after a write of several failed. */
  let alone = 0;

  const arm = () => {
    if (started && !closed && waiting.size > 0) timer ??= clock.after(0, turn);
  };
  const merge = ({ key, all, changed }: Waiting) => {
    const text = jobUpdateKeyText(key);
    const known = waiting.get(text) ?? { key, changed: new Set<number>(), all: false };
    known.all ||= all;
    for (const id of changed) known.changed.add(id);
    waiting.set(text, known);
  };
  const pieces = (tx: WriteTransaction, served: JobUpdateKey[], most: number) => {
    const untilMs = clock.monotonicMs() + TURN_MS;
    for (const [text, next] of waiting) {
      if (served.length === most || (served.length > 0 && clock.monotonicMs() > untilMs)) return;
      waiting.delete(text);
      served.push(next.key);
      // Goes to the end of the line, joined with any work that came in the meantime.
      if (advance(tx, next)) merge(next);
    }
  };
  const turn = () => {
    timer = undefined;
    if (closed) return;
    const served: JobUpdateKey[] = [];
    const most = alone > 0 ? 1 : TURN_PIECES;
    let isDone = false;
    const written = storage.write((tx) => {
      pieces(tx, served, most);
      isDone = true;
    });
    alone = Math.max(0, alone - 1);
    if (!isDone) {
      for (const key of served) undone(key);
      if (served.length > 1) {
        alone = served.length;
        for (const key of served) merge({ key, changed: new Set(), all: true });
      }
    }
    written.catch((error) => {
      const isBroken = error instanceof AuroraError && error.code === 'STORAGE';
      const [only, ...more] = served;
      if (!isDone && !isBroken && only && more.length === 0 && !closed) failed(only, error);
    });
    arm();
  };

  return {
    add(key, instanceId) {
      merge({
        key,
        all: instanceId === undefined,
        changed: new Set(instanceId === undefined ? [] : [instanceId]),
      });
      arm();
    },
    forget: (key) => void waiting.delete(jobUpdateKeyText(key)),
    start() {
      started = true;
      arm();
    },
    close() {
      closed = true;
      timer?.cancel();
      waiting.clear();
    },
    get size() {
      return waiting.size;
    },
  };
}
