import { randomBelow, seededRandom, shuffled, systemRandom, uuid } from '../../src/base/random.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('random');

test('equal seeds give equal numbers, different seeds different ones', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 20 }, () => random.next());
  };
  assert.equal(draw(42), draw(42));
  assert.not.equal(draw(42), draw(43));
});

test('numbers stay in [0, 1) and fill it', () => {
  const random = seededRandom(1);
  const tenths = new Set<number>();
  for (let i = 0; i < 1_000; i++) {
    const value = random.next();
    assert.ok(value >= 0 && value < 1);
    tenths.add(Math.floor(value * 10));
  }
  assert.is(tenths.size, 10);
});

test('uuids are version 4, variant 1, and differ', () => {
  const seen = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const id = uuid(systemRandom);
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    seen.add(id);
  }
  assert.is(seen.size, 200);
});

test('shuffling keeps every item and leaves its input alone', () => {
  const items = Array.from({ length: 50 }, (_, i) => i);
  const result = shuffled(seededRandom(3), items);
  assert.not.equal(result, items);
  assert.equal(
    [...result].sort((a, b) => a - b),
    items,
  );
  assert.is(items[10], 10);
});

test('randomBelow never reaches its bound', () => {
  const random = seededRandom(5);
  for (let i = 0; i < 1_000; i++) assert.ok(randomBelow(random, 3) < 3);
});

test.run();
