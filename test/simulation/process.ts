import type { Clock } from '../../src/base/clock.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { VirtualTime } from './virtual-time.ts';
import { chance } from './world.ts';

/**
 * One life of a scheduler. Everything through which it can touch the world asks `act` first; from the moment of its
 * death nothing it still does has an effect and nothing it waits for ever happens. Between two such acts the world
 * cannot tell where a process is, so dying before the n-th act covers dying at any await.
 */
export interface SimulatedProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  alive(): boolean;
  /** To be asked before each effect on the world; false when dead. */
  act(): boolean;
  /** The process dies now. */
  kill(): void;
  /** The process dies before its act after the next `acts`. */
  killAfter(acts: number): void;
  /** Takes back `killAfter`. */
  spare(): void;
  /** `listener` is called at the death. */
  onDeath(listener: () => void): void;
}

/** Some of a process's turns are slow: then this much passes, by its own clock, between any two looks at it. */
const SLOW_SHARE = 0.1;
const SLOW_STEP_MS = 4;

/** The clock that a process sees: ahead of the world's by what its own work took, never behind it. */
function workingClock(time: VirtualTime, random: Random): () => number {
  let event = -1;
  let stepMs = 0;
  let lastMs = 0;
  return () => {
    if (event !== time.events()) {
      event = time.events();
      stepMs = chance(random, SLOW_SHARE) ? SLOW_STEP_MS : 0;
    }
    lastMs = Math.max(lastMs, time.monotonicMs()) + stepMs;
    return lastMs;
  };
}

export function simulatedProcess(name: string, seed: number, time: VirtualTime): SimulatedProcess {
  let alive = true;
  let actsLeft = Number.POSITIVE_INFINITY;
  const listeners: (() => void)[] = [];
  const kill = () => {
    if (!alive) return;
    alive = false;
    for (const listener of listeners) listener();
  };
  return {
    name,
    clock: {
      nowMs: time.nowMs,
      monotonicMs: workingClock(time, seededRandom(seed + 0.5)),
      after: (delayMs, task) => time.after(delayMs, () => alive && task()),
    },
    random: seededRandom(seed),
    alive: () => alive,
    act() {
      if (alive && actsLeft-- <= 0) kill();
      return alive;
    },
    kill,
    killAfter(acts) {
      actsLeft = Math.min(actsLeft, acts);
    },
    spare() {
      actsLeft = Number.POSITIVE_INFINITY;
    },
    onDeath: (listener) => void listeners.push(listener),
  };
}

/** What a dead process waits for. */
export const never = <T>(): Promise<T> => new Promise<T>(() => {});
