import type { JobUpdateKey } from '../../api/index.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Storage, WriteTransaction } from '../storage/index.ts';
import { jobUpdateKeyText } from '../storage/keys.ts';

/** An update that something happened to. */
export interface Waiting {
  readonly key: JobUpdateKey;
  /** Instances to judge. */
  readonly changed: Set<number>;
  /** All instances that it works on are to be judged. */
  all: boolean;
}

export interface TurnsOptions {
  readonly clock: Clock;
  readonly storage: Storage;
  /** Does a piece of the update's work and takes it out of `waiting`; true when there is more to do at once. */
  advance(tx: WriteTransaction, waiting: Waiting): boolean;
  /** What was done for the update is undone, because it or another one in the same write failed. */
  undone(key: JobUpdateKey): void;
  /** The update's work failed alone. */
  failed(key: JobUpdateKey, error: unknown): void;
}

export interface Turns {
  /** Something happened to the update: to one instance, or without one to all. */
  add(key: JobUpdateKey, instanceId?: number): void;
  forget(key: JobUpdateKey): void;
  /** From now on what was added is done. */
  start(): void;
  close(): void;
  readonly size: number;
}

/** A turn begins no piece after this, so that others get theirs. */
const TURN_MS = 5;
/** Pieces in one write. */
const TURN_PIECES = 64;

/**
 * Does the work of all updates in small pieces, each update in turn, many pieces in one write. An update that spoils
 * the write is found out: its piece is tried alone, and its failure is its own.
 */
export function turns({ clock, storage, advance, failed, undone }: TurnsOptions): Turns {
  const waiting = new Map<string, Waiting>();
  let timer: Timer | undefined;
  let started = false;
  let closed = false;
  /** Pieces that are tried alone, after a write that failed. */
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
      // At the end of the line again; what came while it was at work stands there already.
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
