import { type BackoffLimits, nextBackoff } from '../base/backoff.ts';
import type { Clock, Timer } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { ZooKeeperSession } from './session-contract.ts';

const RETRY: BackoffLimits = { initialMs: 200, maxMs: 5_000 };

export interface NodeWatchOptions<T> {
  readonly session: ZooKeeperSession;
  readonly clock: Clock;
  readonly random: Random;
  /** Reads the value and sets a watch that calls `onChange`. */
  readonly read: (onChange: () => void) => Promise<T>;
  /** Called with every value that was read, in order; equal values are repeated. */
  readonly onValue: (value: T) => void;
}

/**
 * Reads a value now, after every change, and after every new connection (changes during a gap are not reported).
 * Returns a function that stops it.
 */
export function keepReading<T>({ session, clock, random, read, onValue }: NodeWatchOptions<T>): () => void {
  let stopped = false;
  let reading = false;
  let again = false;
  let lastWaitMs = 0;
  let retry: Timer | undefined;

  const refresh = () => {
    if (stopped || session.state() !== 'connected') return;
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    retry?.cancel();
    read(refresh).then(
      (value) => {
        lastWaitMs = 0;
        settle(() => onValue(value));
      },
      () => {
        lastWaitMs = nextBackoff(RETRY, lastWaitMs, random);
        settle(() => {
          retry = clock.after(lastWaitMs, refresh);
        });
      },
    );
  };
  const settle = (act: () => void) => {
    reading = false;
    if (stopped) return;
    act();
    if (again) {
      again = false;
      refresh();
    }
  };
  const unsubscribe = session.onState((state) => {
    if (state === 'connected') refresh();
  });
  refresh();
  return () => {
    stopped = true;
    retry?.cancel();
    unsubscribe();
  };
}

/** The names of a node's children, with a watch on them. Undefined if there is no node, with a watch on its creation. */
export async function listOrWait(
  session: ZooKeeperSession,
  path: string,
  onChange: () => void,
): Promise<string[] | undefined> {
  const names = await session.children(path, onChange);
  // A missing node takes no watch on its children, so watch for its creation.
  if (names === undefined && (await session.exists(path, onChange))) onChange();
  return names;
}

/** Follows the names of a node's children; undefined while there is no such node. */
export const watchChildren = (
  options: Omit<NodeWatchOptions<string[] | undefined>, 'read'> & { readonly path: string },
): (() => void) =>
  keepReading({ ...options, read: (onChange) => listOrWait(options.session, options.path, onChange) });
