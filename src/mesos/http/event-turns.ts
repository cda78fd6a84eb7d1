import type { Clock, Timer } from '../../base/clock.ts';
import type { RecordPart } from '../recordio.ts';

/**
 * Decodes the parts of records in order: what a part completes is one event, several as an iterator that is read bit by bit,
 * or nothing. It gets the next part after it has given all events of this one.
 */
export type DecodePart<E> = (part: RecordPart) => E | Iterator<E> | undefined;

export interface EventTurnsOptions<E> {
  readonly clock: Clock;
  readonly decode: DecodePart<E>;
  /** Called with each event. An exception here is a bug of the caller and is not caught. */
  readonly onEvent: (event: E) => void;
  /** Called with what `decode` threw; nothing more is read. */
  readonly onUnreadable: (error: unknown) => void;
  /** Called after `add` returned false, once everything has been read. */
  readonly onCaughtUp: () => void;
  /** Asked before each step; while true, the rest waits. Default: never. */
  readonly isBusy?: (() => boolean) | undefined;
}

export interface EventTurns {
  /** Reads as many of the parts as time allows; false when the rest has to wait for the next turn. */
  add(parts: readonly RecordPart[]): boolean;
  /** Drops what has not been read. */
  stop(): void;
}

/** How long events are read in one turn of the event loop before other work gets its turn. */
const TURN_MS = 5;
/** After this time a busy receiver is asked again. */
const BUSY_MS = 1;

const isSeveral = <E extends object>(read: E | Iterator<E>): read is Iterator<E> =>
  'next' in read && typeof read.next === 'function';

/**
 * Reads records in order without blocking the rest of the process: a busy stream may deliver megabytes in one turn of
 * the event loop, and a single record may contain ten thousand offers.
 */
export function eventTurns<E extends object>(options: EventTurnsOptions<E>): EventTurns {
  const { clock, isBusy = () => false } = options;
  let waiting: readonly RecordPart[] = [];
  let at = 0;
  let several: Iterator<E> | undefined;
  let usedMs = 0;
  let turn: Timer | undefined;
  let behind = false;
  let stopped = false;

  /** The next event; undefined when the step yielded none. */
  const next = (): E | undefined => {
    if (several) {
      const read = several.next();
      if (read.done) several = undefined;
      return read.done ? undefined : read.value;
    }
    const part = waiting[at++];
    const read = part && options.decode(part);
    if (!read || !isSeveral(read)) return read;
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
    while (!stopped && hasMore() && usedMs <= TURN_MS && !isBusy()) {
      readNext();
      usedMs = beforeMs + clock.monotonicMs() - startMs;
    }
    if (stopped) return;
    turn ??= clock.after(isBusy() ? BUSY_MS : 0, nextTurn);
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
    add(parts) {
      if (stopped) return true;
      waiting = hasMore() ? [...waiting.slice(at), ...parts] : parts;
      at = 0;
      if (!behind && hasMore()) read();
      behind = !stopped && hasMore();
      return !behind;
    },
    stop,
  };
}
