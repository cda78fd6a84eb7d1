/** A source of random numbers; the simulation passes a seeded one. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

export const systemRandom: Random = { next: Math.random };

/** Reproducible numbers from a 32 bit seed (mulberry32: small, fast, good enough for jitter and simulation). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

/** Uniform integer in [0, bound). */
export const randomBelow = (random: Random, bound: number): number => Math.floor(random.next() * bound);

const word = (random: Random): number => randomBelow(random, 2 ** 32);

const hex = (word: number): string => word.toString(16).padStart(8, '0');

/** A version 4 UUID in lower case hexadecimal with dashes. */
export function uuid(random: Random): string {
  const first = hex(word(random));
  const second = hex(((word(random) & 0xffff0fff) | 0x4000) >>> 0);
  const third = hex(((word(random) & 0x3fffffff) | 0x80000000) >>> 0);
  const last = hex(word(random));
  return `${first}-${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}-${third.slice(4)}${last}`;
}

/** A copy in random order (Fisher-Yates). */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = randomBelow(random, last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
