import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { randomBelow, seededRandom } from '../../src/base/random.ts';
import { mutated } from './mutate.ts';
import { mutatedJson } from './mutate-json.ts';
import type { FuzzTarget } from './target.ts';

/** So many inputs are made from one set of samples. */
const EPOCH = 20_000;
const CORPUS = fileURLToPath(new URL('./corpus/', import.meta.url));

/** Files of test/fuzz/corpus/TARGET: what once was a finding, and what no generator makes. */
function corpusOf(name: string): readonly Buffer[] {
  try {
    return readdirSync(`${CORPUS}${name}`)
      .sort()
      .map((file) => readFileSync(`${CORPUS}${name}/${file}`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The inputs of a seed by their number: first the corpus as it is, then what is made from it and from samples. */
export function inputsOf(name: string, target: FuzzTarget, seed: number): (number: number) => Buffer {
  const corpus = corpusOf(name);
  let epoch = -1;
  let pool: readonly Buffer[] = [];
  return (number) => {
    if (number < corpus.length) return corpus[number] as Buffer;
    const now = Math.floor(number / EPOCH);
    if (now !== epoch) {
      epoch = now;
      pool = [...corpus, ...target.samples(seed + now).map((one) => Buffer.from(one))];
    }
    const random = seededRandom(Math.imul(seed, 0x9e37_79b1) ^ Math.imul(number + 1, 0x85eb_ca6b));
    const base = pool[randomBelow(random, pool.length)] as Buffer;
    const other = pool[randomBelow(random, pool.length)] as Buffer;
    const changed = target.isJson && random.next() < 0.6 ? mutatedJson(base, random) : base;
    if (changed !== base && random.next() < 0.6) return changed;
    return mutated(changed, random, other, target.words ?? []);
  };
}
