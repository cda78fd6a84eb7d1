import type { Part, World } from '../parts/part.ts';
import type { StateEvent } from '../state/index.ts';
import { type ShownEvent, shownEvents } from './shown-event.ts';

/** What happened lately, for those who follow it. */
export interface StateEventStream extends Part {
  /** Where the stream stands now: what happens from here on comes after it. */
  position(): number;
  /**
   * The first event after `position` that `wanted` takes, with the position behind it; only the position when none does
   * so far, and undefined when the event after `position` is no longer kept.
   */
  next(
    position: number,
    wanted: (event: ShownEvent) => boolean,
  ): { position: number; event?: ShownEvent } | undefined;
  /** Calls back once when something new is there, or the stream ends; the result takes that back. */
  onChange(listener: () => void): () => void;
  /** Names this stream: positions of another leader, or of another life of this one, mean nothing here. */
  readonly name: string;
  readonly ended: boolean;
}

/** Events that are kept for those who were away for a moment, or read slowly. */
const MOST_KEPT = 20_000;
/** Events that are looked at for one reader before others have their turn. */
const MOST_LOOKED_AT = 2_000;
/** What happens together is told together. */
const JOIN_MS = 50;

/**
 * Keeps the last events in a ring. A reader is a position in it and nothing else, so a slow one costs no memory: when the
 * ring has gone over its position it is told to look at everything anew.
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
