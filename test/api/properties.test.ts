import fc from 'fast-check';
import {
  codecErrorKind,
  decodeMessage,
  decodePlain,
  decodeStruct,
  decodeTJson,
  encodePlain,
  encodeStruct,
  encodeTJson,
  lasting,
  normalise,
  type TypeName,
} from '../../src/api/index.ts';
import { type Shape, typeShape } from '../../src/api/shapes.ts';
import { assert, count, suite } from '../harness/index.ts';
import { TYPE_NAMES, valuesOfType } from './random-values.ts';

const test = suite('codec properties');
const RUNS = 12;

/** What plain JSON makes of a value: unset primitives become 0 and false, which may make elements of a set equal. */
function withPrimitives(shape: Shape, value: unknown): unknown {
  if (shape.kind === 'list' || shape.kind === 'set') {
    const elements = (value as unknown[]).map((element) => withPrimitives(shape.element, element));
    if (shape.kind === 'list') return elements;
    return [...new Map(elements.map((element) => [encoded(shape.element, element), element])).values()];
  }
  if (shape.kind !== 'struct' && shape.kind !== 'union') return value;
  const members = { ...(value as Record<string, unknown>) };
  for (const { name, shape: member } of shape.fields) {
    if (members[name] !== undefined) members[name] = withPrimitives(member, members[name]);
    else if (shape.kind === 'struct' && member.kind === 'bool') members[name] = false;
    else if (shape.kind === 'struct' && ['i32', 'i64', 'double'].includes(member.kind)) members[name] = 0;
  }
  return members;
}

test('what never changes is encoded once, and every message that holds it is the same as without that', () => {
  const [bytes, texts] = [lasting<Uint8Array>('TaskConfig'), lasting<string>('TaskConfig')];
  fc.assert(
    fc.property(
      valuesOfType('TaskConfig'),
      fc.array(valuesOfType('ScheduledTask'), { maxLength: 4 }),
      (config, tasks) => {
        for (const task of tasks as object[]) {
          const { assignedTask } = task as { assignedTask?: object };
          const holding = { ...task, assignedTask: { ...assignedTask, task: config } };
          assert.equal(encodeStruct('ScheduledTask', holding, bytes), encodeStruct('ScheduledTask', holding));
          assert.is(encodeTJson('ScheduledTask', holding, texts), encodeTJson('ScheduledTask', holding));
        }
        if (tasks.length === 0) return;
        assert.equal(bytes.encoded.get(config as object), encodeStruct('TaskConfig', config as object));
        assert.is(texts.encoded.get(config as object), encodeTJson('TaskConfig', config as object));
      },
    ),
    { numRuns: RUNS },
  );
});

test('texts that JSON has to escape are escaped, all others stand as they are', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      assert.is(encodeTJson('JobKey', { role: text }), `{"1":{"str":${JSON.stringify(text)}}}`);
    }),
  );
});

const encoded = (shape: Shape, value: unknown) =>
  shape.kind === 'struct' ? encodeTJson(shape.name as TypeName, value as object) : value;

/** Key order of members does not matter, set order is kept by our encoders; NaN and -0 do count. */
const same = (actual: unknown, expected: unknown, what: string) => {
  const seen = (value: unknown): unknown => {
    if (typeof value === 'number' || typeof value === 'bigint')
      return `${typeof value} ${Object.is(value, -0) ? '-0' : value}`;
    if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
    if (Array.isArray(value)) return value.map(seen);
    if (typeof value !== 'object' || value === null) return value;
    return Object.keys(value)
      .sort()
      .map((key) => [key, seen((value as Record<string, unknown>)[key])]);
  };
  assert.equal(seen(actual), seen(expected), what);
};

test('every type survives every encoding', () => {
  for (const name of TYPE_NAMES) {
    const check = (value: object) => {
      same(decodeStruct(name, encodeStruct(name, value)), value, `${name}: binary`);
      same(decodeTJson(name, encodeTJson(name, value)), value, `${name}: TJSON`);
      const plain = decodePlain(name, encodePlain(name, value));
      same(plain, withPrimitives(typeShape(name), value), `${name}: plain JSON`);
    };
    fc.assert(fc.property(valuesOfType(name), check), { numRuns: RUNS });
  }
  count('property: values of every type through three encodings', TYPE_NAMES.length * RUNS * 3);
}, 60_000);

test('normalising twice changes nothing more, and what it makes can be written', () => {
  let whole = 0;
  for (const name of TYPE_NAMES) {
    const check = (value: object) => {
      let once: ReturnType<typeof normalise<TypeName>>;
      try {
        once = normalise(name, value);
      } catch (error) {
        assert.is(codecErrorKind(error), 'missing-field');
        return;
      }
      whole++;
      same(normalise(name, once), once, name);
      same(decodeStruct(name, encodeStruct(name, once)), once, name);
    };
    fc.assert(fc.property(valuesOfType(name), check), { numRuns: RUNS });
  }
  assert.ok(whole > TYPE_NAMES.length);
}, 60_000);

test('elements of a set that differ only in what one left out are one element', () => {
  const tier = { name: 'preferred', settings: {} };
  const { tiers } = normalise('GetTierConfigResult', {
    defaultTierName: '',
    tiers: [tier, { name: 'preferred' }, { name: 'revocable' }],
  });
  assert.equal(tiers, [tier, { name: 'revocable', settings: {} }]);
});

/** Runs a decoder on something broken: it may accept it, or refuse with a codec error; nothing else. */
function endsWell(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (codecErrorKind(error) === undefined) throw error;
  }
}

test('random bytes and damaged messages never crash a decoder', () => {
  const readers: ((bytes: Uint8Array) => unknown)[] = [
    (bytes) => decodeStruct('storage.Snapshot', bytes),
    (bytes) => decodeTJson('Response', bytes),
    (bytes) => decodePlain('Response', bytes),
    (bytes) => decodeMessage(bytes, 'binary'),
    (bytes) => decodeMessage(bytes, 'json'),
  ];
  const tryAll = (bytes: Uint8Array) => {
    for (const read of readers) endsWell(() => read(bytes));
  };
  const before = process.memoryUsage().arrayBuffers;
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), tryAll), { numRuns: 500 });
  const task = fc.tuple(
    valuesOfType('ScheduledTask'),
    fc.nat(),
    fc.integer({ min: 0, max: 255 }),
    fc.boolean(),
  );
  const damage = ([value, at, byte, json]: [object, number, number, boolean]) => {
    const bytes = json
      ? Buffer.from(encodeTJson('ScheduledTask', value))
      : encodeStruct('ScheduledTask', value);
    bytes[at % bytes.length] = byte;
    endsWell(() => (json ? decodeTJson('ScheduledTask', bytes) : decodeStruct('ScheduledTask', bytes)));
    endsWell(() => decodeStruct('ScheduledTask', bytes.subarray(0, at % bytes.length)));
  };
  fc.assert(fc.property(task, damage), { numRuns: 300 });
  assert.ok(process.memoryUsage().arrayBuffers - before < 256 * 2 ** 20);
}, 60_000);

test.run();
