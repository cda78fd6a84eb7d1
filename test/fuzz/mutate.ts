import { type Random, randomBelow } from '../../src/base/random.ts';

const LONGEST_BYTES = 64 * 1024;
const NUMBERS = [
  0, 1, -1, 2, 127, 128, 255, 256, 32_767, 65_535, 0x7f_ff_ff_ff, -0x80_00_00_00, 0x40_00_00_00,
];
const TEXTS = [
  '',
  '0',
  '-1',
  '1e999',
  '9223372036854775808',
  '\0',
  '\uFEFF',
  '\uFFFD',
  '\r\n',
  '__proto__',
  'é🚀',
];

type Change = (bytes: Buffer, random: Random, other: Buffer, words: readonly string[]) => Buffer;

const pick = <T>(random: Random, items: readonly T[]): T => items[randomBelow(random, items.length)] as T;
const around = (bytes: Buffer, from: number, to: number, between: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, from), between, bytes.subarray(to)]);

/** Where a stretch begins and ends; short ones are as likely as long ones. */
function stretch({ length }: Buffer, random: Random): readonly [from: number, to: number] {
  const from = randomBelow(random, length + 1);
  const most = random.next() < 0.5 ? 8 : length;
  return [from, Math.min(length, from + 1 + randomBelow(random, most))];
}

const overwritten = (bytes: Buffer, at: number, value: Uint8Array): Buffer =>
  around(bytes, at, Math.min(bytes.length, at + value.length), value);

function numberBytes(random: Random): Buffer {
  const value = Buffer.alloc(4);
  const number = pick(random, NUMBERS);
  if (random.next() < 0.5) value.writeInt32BE(number);
  else value.writeInt32LE(number);
  return value.subarray(0, pick(random, [1, 2, 4]));
}

/** Each of them as likely as the others. */
const CHANGES: readonly Change[] = [
  (bytes, random) => {
    const at = randomBelow(random, bytes.length);
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at] = (copy[at] as number) ^ (1 << randomBelow(random, 8));
    return copy;
  },
  (bytes, random) => overwritten(bytes, randomBelow(random, bytes.length + 1), numberBytes(random)),
  (bytes, random) => {
    const at = randomBelow(random, bytes.length + 1);
    return around(bytes, at, at, Buffer.from([randomBelow(random, 256)]));
  },
  (bytes, random) => around(bytes, ...stretch(bytes, random), Buffer.alloc(0)),
  (bytes, random) => bytes.subarray(0, randomBelow(random, bytes.length + 1)),
  (bytes, random) => {
    const [from, to] = stretch(bytes, random);
    const times = pick(random, [1, 1, 2, 16, 1000]);
    const part = bytes.subarray(from, to);
    return around(bytes, to, to, Buffer.concat(Array(times).fill(part)));
  },
  (bytes, random, other) => {
    const [from, to] = stretch(other, random);
    return around(bytes, ...stretch(bytes, random), other.subarray(from, to));
  },
  (bytes, random, _, words) => {
    const [from, to] = stretch(bytes, random);
    const word = Buffer.from(pick(random, words.length > 0 && random.next() < 0.8 ? words : TEXTS));
    return around(bytes, from, random.next() < 0.5 ? from : to, word);
  },
];

/** The bytes with up to six changes, now and then with none. */
export function mutated(bytes: Buffer, random: Random, other: Buffer, words: readonly string[]): Buffer {
  let result = bytes;
  for (let left = randomBelow(random, 7); left > 0; left--)
    result = pick(random, CHANGES)(result, random, other, words).subarray(0, LONGEST_BYTES);
  return result;
}
