import type { Part, World } from '../parts/part.ts';
import type { StateEvent } from '../state/index.ts';
import { type ShownEvent, shownEvents } from './shown-event.ts';

/** The most recent events, for clients that follow them. */
export interface StateEventStream extends Part {
  /** The current end of the stream: all later events come after this position. */
  position(): number;
  /**
   * Returns the first event after `position` that `wanted` accepts, with the position after it. If there is none yet,
   * only the position to continue from; undefined when the event after `position` is no longer kept.
   */
  next(
    position: number,
    wanted: (event: ShownEvent) => boolean,
  ): { position: number; event?: ShownEvent } | undefined;
  /** Calls back once when there is a new event or the stream ends; the returned function cancels that. */
  onChange(listener: () => void): () => void;
  /** Identifies this stream; positions of another leader, or of an earlier run of this one, are not valid here. */
  readonly name: string;
  readonly ended: boolean;
}

/** How many events are kept for readers that are slow or were away for a moment. */
const MOST_KEPT = 20_000;
/** How many events are examined for one reader before other work gets its turn. */
const MOST_LOOKED_AT = 2_000;
/** Events within this time wake the readers only once. */
const JOIN_MS = 50;

/**
 * Keeps the most recent events in a ring. A reader is only a position, so a slow one costs no memory; when its position
 * has been overwritten, it is told to load everything anew.
 */
export function eventStream({
  clock,
  events,
  random,
}: Pick<World, 'clock' | 'events' | 'random'>): StateEventStream {
  const ring: ShownEvent[] = [];
  let written = 0;
  let ended = false;
  let waiters = new Set<() => void>();
  let timer: { cancel(): void } | undefined;
  const name = `${clock.nowMs().toString(36)}${Math.floor(random.next() * 36 ** 4).toString(36)}`;

  const wake = () => {
    timer = undefined;
    const woken = waiters;
    waiters = new Set();
    for (const listener of woken) listener();
  };
  const onEvent = (event: StateEvent) => {
    for (const one of shownEvents(event, clock.nowMs())) ring[written++ % MOST_KEPT] = one;
    if (waiters.size > 0) timer ??= clock.after(JOIN_MS, wake);
  };
  const unsubscribe = events.subscribe(onEvent);
  return {
    name,
    get ended() {
      return ended;
    },
    position: () => written,
    next(position, wanted) {
      if (position > written || position < written - MOST_KEPT) return undefined;
      const end = Math.min(written, position + MOST_LOOKED_AT);
      for (let at = position; at < end; at++) {
        const event = ring[at % MOST_KEPT] as ShownEvent;
        if (wanted(event)) return { position: at + 1, event };
      }
      return { position: end };
    },
    onChange(listener) {
      if (ended) listener();
      else waiters.add(listener);
      return () => void waiters.delete(listener);
    },
    close() {
      ended = true;
      unsubscribe();
      timer?.cancel();
      wake();
    },
  };
}
