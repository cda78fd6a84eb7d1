import { type Random, randomBelow } from '../../src/base/random.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What every part of a simulated world shares. */
export interface World {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly trace: Trace;
  /** Nothing goes wrong by itself any more: tasks do not fail, messages are not doubled. */
  calm: boolean;
}

export const chance = (random: Random, probability: number): boolean => random.next() < probability;

/** Uniform in [from, to). */
export const between = (random: Random, from: number, to: number): number =>
  from + random.next() * (to - from);

export const pick = <T>(random: Random, items: readonly T[]): T | undefined =>
  items[randomBelow(random, items.length)];

/** Milliseconds that a message takes: usually little, sometimes long. */
export const messageDelayMs = (random: Random): number =>
  chance(random, 0.9) ? between(random, 0.2, 5) : between(random, 5, 1500);

/** One direction of a connection: messages arrive in order, late, or, once it is cut, never. */
export interface Wire {
  send(arrive: () => void): void;
  /** What is under way is lost. */
  cut(): void;
}

export function wire({ time, random }: World): Wire {
  let connection = 0;
  let lastMs = 0;
  return {
    send(arrive) {
      const sentIn = connection;
      // Never equal: among things that happen at once the order is drawn.
      lastMs = Math.max(lastMs + 0.001, time.monotonicMs() + messageDelayMs(random));
      time.after(lastMs - time.monotonicMs(), () => {
        if (sentIn === connection) arrive();
      });
    },
    cut() {
      connection++;
      lastMs = 0;
    },
  };
}
