import { inspect } from 'node:util';
import fc from 'fast-check';
import {
  CALLS,
  callOf,
  decodeMessage,
  decodePlain,
  decodePlainArgs,
  decodeStruct,
  decodeTJson,
  encodeMessage,
  encodePlain,
  encodeStruct,
  encodeTJson,
  isCallName,
  normalise,
  type Protocol,
  type TypeName,
  unknownParts,
} from '../../../src/api/index.ts';
import { argumentsShape } from '../../../src/api/shapes.ts';
import { seededRandom, shuffled } from '../../../src/base/random.ts';
import { TYPE_NAMES, valuesOf, valuesOfType } from '../../api/random-values.ts';
import { assertSame, type FuzzTarget, isRefusal, sameAgain } from '../target.ts';

/** An input is one byte that names the type, or says that it is a message, then the bytes themselves. */
const MESSAGE = 255;
const CALL_NAMES = Object.keys(CALLS).filter(isCallName);
/** So many types, and calls, a seed; making a generator costs more than many of its values. */
const TYPES_OF_SEED = 16;
const VALUES_OF_TYPE = 6;

const some = <T>(seed: number, items: readonly T[]): readonly T[] =>
  shuffled(seededRandom(seed), items).slice(0, TYPES_OF_SEED);
const sampled = <T>(seed: number, values: fc.Arbitrary<T>): readonly T[] =>
  fc.sample(values, { seed, numRuns: VALUES_OF_TYPE });

/** Values of some types, each with the byte of its type before it. */
const values = (seed: number, encode: (name: TypeName, value: never) => Uint8Array | string): Uint8Array[] =>
  some(seed, TYPE_NAMES).flatMap((name) =>
    sampled(seed, valuesOfType(name)).map((value) =>
      typed(TYPE_NAMES.indexOf(name), encode(name, value as never)),
    ),
  );
const messages = (seed: number, protocol: Protocol): Uint8Array[] =>
  some(seed, CALL_NAMES).flatMap((method) =>
    sampled(seed, valuesOf(argumentsShape(method))).map((args) =>
      typed(MESSAGE, encodeMessage(callOf(method, args as never, 7), protocol)),
    ),
  );

const typed = (index: number, bytes: Uint8Array | string): Uint8Array =>
  Buffer.concat([Buffer.from([index]), Buffer.from(bytes)]);
const typeAt = (input: Buffer) => TYPE_NAMES[(input[0] ?? 0) % TYPE_NAMES.length] as TypeName;

const keyOf = (value: unknown): string => inspect(value, { depth: null, maxArrayLength: null });

/** Equal elements once, at any depth. */
function withoutDoubles(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(withoutDoubles);
    return [...new Map(items.map((item) => [keyOf(item), item])).values()];
  }
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutDoubles(item)]));
}

/**
 * Reading leaves out what the tables do not know: a union may be left without its member, which no writer takes, and
 * elements of a set may become equal. But for these nothing changes, and what was written once stays as it is.
 */
function steady<T>(what: string, value: T, again: (value: T) => T): void {
  let once: T;
  try {
    once = again(value);
  } catch (error) {
    if (isRefusal(error)) return;
    throw error;
  }
  assertSame(what, withoutDoubles(value), withoutDoubles(once));
  sameAgain(what, once, () => again(once));
}

const target = (protocol: Protocol): FuzzTarget => ({
  samples: (seed) => [
    ...values(seed, protocol === 'binary' ? encodeStruct : encodeTJson),
    ...messages(seed, protocol),
  ],
  words: ['rec', 'map', 'lst', 'set', 'str', 'tf', 'i32', 'i64', 'dbl', '"1":', '[1,', '\\u0000', '\\ud800'],
  run(input) {
    const bytes = input.subarray(1);
    if (input[0] === MESSAGE) {
      const message = decodeMessage(bytes, protocol);
      steady('a message', message, (one) => decodeMessage(encodeMessage(one, protocol), protocol));
      return true;
    }
    const name = typeAt(input);
    if (protocol === 'binary') {
      const value = decodeStruct(name, bytes);
      unknownParts(name, bytes);
      steady<unknown>(name, value, (one) => decodeStruct(name, encodeStruct(name, one as never)));
      normalise(name, value as never);
    } else {
      const value = decodeTJson(name, bytes);
      steady<unknown>(name, value, (one) => decodeTJson(name, encodeTJson(name, one as never)));
      steady<unknown>(name, value, (one) => decodeStruct(name, encodeStruct(name, one as never)));
    }
    return true;
  },
});

const plain: FuzzTarget = {
  words: ['null', '{"', '":', '[', '1e400', '12345678901234567890', '\\u', '"\\', 'true'],
  samples: (seed) => values(seed, encodePlain),
  run(input) {
    const text = input.subarray(1);
    if (input[0] === MESSAGE) {
      for (const method of CALL_NAMES.slice(0, 3)) decodePlainArgs(method, text);
      return true;
    }
    const name = typeAt(input);
    const value = decodePlain(name, text);
    sameAgain(name, decodePlain(name, encodePlain(name, value as never)), () => {
      const again = decodePlain(name, encodePlain(name, value as never));
      return decodePlain(name, encodePlain(name, again as never));
    });
    return true;
  },
};

export const thriftTargets: Readonly<Record<string, FuzzTarget>> = {
  'thrift-binary': target('binary'),
  'thrift-json': target('json'),
  'plain-json': plain,
};
