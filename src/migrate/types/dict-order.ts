/**
 * The order in which Python 2 iterates over a dictionary made with these keys: by hash, with the table's collisions.
 * Job files depend on it, because they put commands together in that order. Source: CPython 2.7, Objects/stringobject.c
 * (string_hash) and Objects/dictobject.c, 64 bits, hashes not randomised.
 */
export function pythonTwoOrder(keys: readonly string[], literal = true): readonly string[] {
  const distinct = [...new Set(keys)];
  // the table of a literal has its final size from the start
  let slots: Slots = table(literal && keys.length > 5 ? keys.length : 0);
  distinct.forEach((key, index) => {
    place(slots, key);
    const used = index + 1;
    if (used * 3 < slots.length * 2) return;
    const bigger = table(used * 4);
    for (const old of slots) if (old !== undefined) place(bigger, old);
    slots = bigger;
  });
  return slots.filter((key) => key !== undefined);
}

type Slots = (string | undefined)[];

function table(entries: number): Slots {
  let size = 8;
  while (size <= entries) size *= 2;
  return Array(size).fill(undefined);
}

const MASK = (1n << 64n) - 1n;

function hash(text: string): bigint {
  const bytes = new TextEncoder().encode(text);
  const [first] = bytes;
  if (first === undefined) return 0n;
  let value = (BigInt(first) << 7n) & MASK;
  for (const byte of bytes) value = ((value * 1000003n) & MASK) ^ BigInt(byte);
  value ^= BigInt(bytes.length);
  return value === MASK ? MASK - 1n : value;
}

function place(slots: Slots, key: string): void {
  const mask = BigInt(slots.length - 1);
  let perturb = hash(key);
  let at = perturb & mask;
  while (slots[Number(at & mask)] !== undefined) {
    at = (at * 5n + perturb + 1n) & MASK;
    perturb >>= 5n;
  }
  slots[Number(at & mask)] = key;
}
