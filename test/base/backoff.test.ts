import { nextBackoff } from '../../src/base/backoff.ts';
import { seededRandom } from '../../src/base/random.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('backoff');
const limits = { initialMs: 100, maxMs: 1_000 };

test('starts between one and two times the initial wait', () => {
  for (let seed = 0; seed < 100; seed++) {
    const first = nextBackoff(limits, 0, seededRandom(seed));
    assert.ok(first >= 100 && first <= 200, String(first));
  }
});

test('never shrinks and never exceeds the maximum', () => {
  const random = seededRandom(7);
  let last = 0;
  for (let step = 0; step < 50; step++) {
    const next = nextBackoff(limits, last, random);
    assert.ok(next >= last && next <= 1_000);
    last = next;
  }
  assert.is(last, 1_000);
});

test.run();
