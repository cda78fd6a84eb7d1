/** Tries targets one after another in a process that can be ended when an input never comes to its end. */
import { openSync, writeSync } from 'node:fs';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Finding, FuzzOrder, FuzzReport } from './fuzz.ts';
import { inputsOf } from './inputs.ts';
import { NOTHING_YET } from './place.ts';
import { type FuzzTarget, isRefusal } from './target.ts';
import { targetOf } from './targets.ts';

/** Processor time. An input takes longer, twice: a finding. Sizes are limited to 64 kB, and the slowest takes some ten ms. */
const SLOW_MS = 1000;
/** What one input may take of memory at once, and what all of them may leave behind. */
const MOST_BYTES = 96 * 2 ** 20;
const MOST_KEPT_BYTES = 64 * 2 ** 20;
const MOST_FINDINGS = 5;

/** Where the number of the input under way is kept, so that it is known when this process is no more. */
const [progressFile = '', ordered = '[]'] = process.argv.slice(2);
const orders = JSON.parse(ordered) as readonly FuzzOrder[];
const progress = openSync(progressFile, 'r+');
const place = Buffer.alloc(8);
const goOn = (index: number, number: number): void => {
  place.writeUInt32LE(index);
  place.writeUInt32LE(number, 4);
  writeSync(progress, place, 0, place.length, 0);
};
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const SETTLE_ROUNDS = 20;
const FIRST_ROUNDS = 4;

const heldBytes = (): number => {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
};

/**
 * What is held when nothing is under way. Memory outside of the heap, such as that of a decompression, is given back
 * some turns after its owner is collected, so this looks again until no more than `enough` is held, for a second at most.
 */
async function settledBytes(enough: number, rounds = SETTLE_ROUNDS): Promise<number> {
  for (let round = 0; ; round++) {
    collect();
    const bytes = heldBytes();
    if (bytes <= enough || round === rounds) return bytes;
    await new Promise((later) => setTimeout(later, 50));
  }
}

/** Where it was thrown, so that one fault is told once. */
const originOf = (error: unknown): string => {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const place = lines.find((line) => /\/src\//.test(line))?.replace(/^.*\/(src\/[^)]*)\)?$/, '$1');
  const name = error instanceof Error ? error.message.split(':')[0] : String(error);
  return `${name} ${place}`;
};
const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const places = (error.stack ?? '').split('\n').filter((line) => /\/(src|test)\//.test(line));
  return [`${error.name}: ${error.message}`, ...places.slice(0, 4)].join('\n');
};

/** Whether it was taken; and what is wrong. */
async function tried(
  target: FuzzTarget,
  input: Buffer,
): Promise<{ taken: boolean; wrong?: unknown; ms: number }> {
  const start = process.cpuUsage();
  const done = (taken: boolean, wrong?: unknown) => {
    const { user, system } = process.cpuUsage(start);
    return { taken, wrong, ms: (user + system) / 1000 };
  };
  try {
    const result = target.run(Buffer.from(input));
    return done(typeof result === 'boolean' ? result : await result);
  } catch (error) {
    return isRefusal(error) ? done(false) : done(false, error ?? new Error('threw nothing'));
  }
}

async function judged(target: FuzzTarget, input: Buffer): Promise<{ taken: boolean; wrong?: unknown }> {
  const before = heldBytes();
  const first = await tried(target, input);
  const grown = heldBytes() - before;
  if (first.wrong !== undefined) return first;
  if (grown > (target.mostBytes ?? MOST_BYTES))
    return {
      taken: first.taken,
      wrong: new Error(`takes memory: ${Math.round(grown / 2 ** 20)} MB for one input`),
    };
  // Something else of this process may have fallen into it, the compiler for one; twice it does not.
  if (first.ms > SLOW_MS && (await tried(target, input)).ms > SLOW_MS)
    return { taken: first.taken, wrong: new Error(`takes time: ${Math.round(first.ms)} ms for one input`) };
  return first;
}

async function fuzzed({ name, seed, ms, first, input: only }: FuzzOrder, index: number): Promise<FuzzReport> {
  const target = await targetOf(name);
  const inputAt = only === undefined ? inputsOf(name, target, seed) : () => Buffer.from(only, 'hex');
  const findings = new Map<string, Finding>();
  const most = name.startsWith('planted-') ? 1 : MOST_FINDINGS;
  let [number, taken, keptBytes] = [first, 0, Number.NaN];
  const startMs = performance.now();
  for (; performance.now() - startMs < ms && findings.size < most; number++) {
    const input = inputAt(number);
    goOn(index, number);
    const result = await judged(target, input);
    if (result.taken) taken++;
    const { wrong } = result;
    if (wrong !== undefined && !findings.has(originOf(wrong)))
      findings.set(originOf(wrong), {
        name,
        seed,
        number,
        input: input.toString('hex'),
        text: textOf(wrong),
      });
    if (only !== undefined) break;
    // What is loaded and remembered once is there by now.
    if (number - first === 1000) {
      keptBytes = await settledBytes(0, FIRST_ROUNDS);
    }
  }
  const leftBytes = (await settledBytes(keptBytes + MOST_KEPT_BYTES)) - keptBytes;
  if (leftBytes > MOST_KEPT_BYTES) {
    const text = `keeps memory: ${Math.round(leftBytes / 2 ** 20)} MB after ${number - first} inputs`;
    findings.set(text, { name, seed, number, input: '', text });
  }
  const tookMs = performance.now() - startMs;
  return { name, seed, executions: number - first, taken, ms: tookMs, findings: [...findings.values()] };
}

for (const [index, order] of orders.entries()) {
  goOn(index, NOTHING_YET);
  const report = await fuzzed(order, index);
  await new Promise((sent) => process.send?.(report, sent));
}
// A target may have left a server behind.
process.exit();
