import fc from 'fast-check';
import { parseAttributes, parseResources } from '../../src/local/agent-text.ts';
import {
  add,
  allocated,
  contains,
  type Pool,
  subtract,
  unallocated,
} from '../../src/local/master/resources/pool.ts';
import { readResources, writeResources } from '../../src/local/master/resources/resource-form.ts';
import { poolText } from '../../src/local/master/resources/text.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('resource arithmetic');

const pool = (text: string): Pool => readResources(parseResources(text));
const shown = (value: Pool) => poolText([...value].sort((a, b) => (a.kind.key < b.kind.key ? -1 : 1)));

const range = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 20 }))
  .map(([begin, more]) => `${begin}-${begin + more}`);
const anyPool = fc
  .record({
    cpus: fc.integer({ min: 0, max: 8_000 }),
    reserved: fc.integer({ min: 0, max: 8_000 }),
    ports: fc.array(range, { minLength: 1, maxLength: 5 }),
    items: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
  })
  .map(({ cpus, reserved, ports, items }) =>
    pool(
      `cpus:${cpus / 1000};cpus(web):${reserved / 1000};ports:[${ports.join(',')}];set:{${items.join(',')}}`,
    ),
  );

test('counts in thousandths, so that sums are exact', () => {
  let sum: Pool = [];
  for (let i = 0; i < 10; i++) sum = add(sum, pool('cpus:0.1'));
  assert.is(poolText(sum), 'cpus:1');
  assert.is(poolText(subtract(pool('cpus:0.3'), pool('cpus:0.1'))), 'cpus:0.2');
});

test('takes ports out of the middle of ranges and puts them back', () => {
  const all = pool('ports:[31000-31009]');
  const some = pool('ports:[31003-31004,31009-31009]');
  const left = subtract(all, some);
  assert.is(poolText(left), 'ports:[31000-31002, 31005-31008]');
  assert.is(shown(add(left, some)), shown(all));
  assert.not(contains(left, some));
});

test('keeps resources of different reservations apart', () => {
  const mixed = pool('cpus:4;cpus(web):2');
  assert.ok(contains(mixed, pool('cpus(web):2')));
  assert.not(contains(mixed, pool('cpus(web):3')));
  assert.not(contains(mixed, pool('cpus:5')));
});

test('is undone by subtraction, when nothing overlaps', () => {
  fc.assert(
    fc.property(anyPool, anyPool, (a, b) => {
      const fresh = subtract(b, a);
      const sets = (value: Pool) => value.filter((amount) => !('milli' in amount));
      const left = subtract(add(a, fresh), fresh);
      assert.ok(contains(a, left) && contains(left, subtract(a, sets(fresh))));
    }),
  );
});

test('contains both parts of a sum, and what is left after taking one', () => {
  fc.assert(
    fc.property(anyPool, anyPool, (a, b) => {
      const sum = add(a, b);
      assert.ok(contains(sum, a) && contains(sum, b));
      assert.ok(contains(a, subtract(a, b)));
    }),
  );
});

test('comes back the same through both wire forms and an allocation', () => {
  fc.assert(
    fc.property(anyPool, (a) => {
      for (const reservations of ['plain', 'refined'] as const) {
        const given = allocated(a, 'role');
        const back = readResources(writeResources(given, { reservations, allocation: true }));
        assert.is(shown(back), shown(given));
        assert.is(shown(unallocated(back)), shown(a));
      }
    }),
  );
});

test("reads Mesos' --resources and --attributes", () => {
  const resources = parseResources('cpus:4;mem(web):1024;ports:[1-2, 5-5];widgets:{a,b}');
  assert.equal(resources[1]?.reservations, [{ type: 'STATIC', role: 'web' }]);
  assert.equal(resources[2]?.ranges, {
    range: [
      { begin: 1, end: 2 },
      { begin: 5, end: 5 },
    ],
  });
  assert.equal(resources[3]?.set, { item: ['a', 'b'] });
  const attributes = parseAttributes('rack:r1;num:4.5;count:[1-5];text:a b');
  assert.equal(
    attributes.map(({ type }) => type),
    ['TEXT', 'SCALAR', 'RANGES', 'TEXT'],
  );
  assert.is(attributes[3]?.text?.value, 'ab');
  for (const bad of ['cpus', 'cpus:x', 'ports:[1-]'])
    assert.throws(() => parseResources(bad), /is not a resource of an agent; write for example cpus:4/);
});

test.run();
