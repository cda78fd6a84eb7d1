import type { Clock, Timer } from '../../base/clock.ts';

export interface EventTurnsOptions<E> {
  readonly clock: Clock;
  /** Reads one record. A record of several events is read some at a time. */
  readonly decode: (record: Buffer) => E | Iterator<E>;
  /** What it throws is a bug of the caller and is not caught. */
  readonly onEvent: (event: E) => void;
  /** Called with what `decode` throws; nothing more is read. */
  readonly onUnreadable: (error: unknown) => void;
  /** Called when `add` returned false and everything has been read since. */
  readonly onCaughtUp: () => void;
}

export interface EventTurns {
  /** Reads the records, or as many as there is time for; false when some have to wait for the next turn. */
  add(records: readonly Buffer[]): boolean;
  /** Drops what waits. */
  stop(): void;
}

/** In one turn of the event loop events are read for this long, then others have their turn. */
const TURN_MS = 5;

const isSeveral = <E extends object>(read: E | Iterator<E>): read is Iterator<E> =>
  'next' in read && typeof read.next === 'function';

/**
 * Reads records one after the other without holding up the rest of the process: a busy stream hands over megabytes in
 * one turn of the event loop, and a single record may tell of ten thousand offers.
 */
export function eventTurns<E extends object>(options: EventTurnsOptions<E>): EventTurns {
  const { clock } = options;
  let waiting: readonly Buffer[] = [];
  let at = 0;
  let several: Iterator<E> | undefined;
  let usedMs = 0;
  let turn: Timer | undefined;
  let behind = false;
  let stopped = false;

  /** The next event; undefined when what was read holds none. */
  const next = (): E | undefined => {
    if (several) {
      const read = several.next();
      if (read.done) several = undefined;
      return read.done ? undefined : read.value;
    }
    const record = waiting[at++];
    if (!record?.length) return undefined;
    const read = options.decode(record);
    if (!isSeveral(read)) return read;
    several = read;
    return undefined;
  };
  const stop = () => {
    stopped = true;
    waiting = [];
    several = undefined;
    turn?.cancel();
  };
  const readNext = () => {
    let event: E | undefined;
    try {
      event = next();
    } catch (error) {
      stop();
      return options.onUnreadable(error);
    }
    if (event) options.onEvent(event);
  };
  const hasMore = () => several !== undefined || at < waiting.length;
  const read = () => {
    const startMs = clock.monotonicMs();
    const beforeMs = usedMs;
    while (!stopped && hasMore() && usedMs <= TURN_MS) {
      readNext();
      usedMs = beforeMs + clock.monotonicMs() - startMs;
    }
    if (stopped) return;
    turn ??= clock.after(0, nextTurn);
  };
  const nextTurn = () => {
    turn = undefined;
    usedMs = 0;
    if (!behind) return;
    read();
    if (stopped || hasMore()) return;
    behind = false;
    options.onCaughtUp();
  };

  return {
    add(records) {
      if (stopped) return true;
      waiting = hasMore() ? [...waiting.slice(at), ...records] : records;
      at = 0;
      if (!behind && hasMore()) read();
      behind = !stopped && hasMore();
      return !behind;
    },
    stop,
  };
}
