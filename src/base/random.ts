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

/** A version 4 UUID in lower case hexadecimal with dashes. */
export function uuid(random: Random): string {
  let digits = '';
  // Eight at a time, because adding to a text digit by digit is slow.
  for (let at = 0; at < 32; at += 8) {
    let word = 0;
    for (let digit = at; digit < at + 8; digit++) {
      const value = digit === 12 ? 4 : randomBelow(random, 16);
      word = word * 16 + (digit === 16 ? (value & 3) | 8 : value);
    }
    digits += word.toString(16).padStart(8, '0');
  }
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
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
