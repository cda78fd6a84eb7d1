import fc from 'fast-check';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { delayLine } from '../../../src/scheduler/state/watchdogs/delay-line.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('delay line');

const DELAY_MS = 100;

test('each key is due once, a delay after it was set last, unless it was deleted', () => {
  const step = fc.oneof(
    fc.record({ set: fc.constantFrom('a', 'b', 'c', 'd') }),
    fc.record({ delete: fc.constantFrom('a', 'b', 'c', 'd') }),
    fc.record({ advance: fc.integer({ min: 1, max: 80 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = manualClock();
      const due: string[] = [];
      const expected: string[] = [];
      const deadlines = new Map<string, number>();
      const line = delayLine<number>(clock, DELAY_MS, (key, value) => {
        due.push(`${key}${value} at ${clock.monotonicMs()}`);
      });
      let nth = 0;
      const values = new Map<string, number>();
      for (const one of steps) {
        if ('set' in one) {
          deadlines.delete(one.set);
          deadlines.set(one.set, clock.monotonicMs() + DELAY_MS);
          values.set(one.set, ++nth);
          line.set(one.set, nth);
        } else if ('delete' in one) {
          deadlines.delete(one.delete);
          line.delete(one.delete);
        } else {
          const untilMs = clock.monotonicMs() + one.advance;
          for (const [key, dueMs] of deadlines)
            if (dueMs <= untilMs) {
              expected.push(`${key}${values.get(key)} at ${dueMs}`);
              deadlines.delete(key);
            }
          clock.advance(one.advance);
        }
        if (deadlines.size === 0) assert.is(clock.pending(), 0, 'no timer is left');
      }
      assert.equal(due, expected);
    }),
  );
});

test('what is due may set and delete others', () => {
  const clock = manualClock();
  const due: string[] = [];
  const line = delayLine<undefined>(clock, DELAY_MS, (key) => {
    due.push(key);
    if (key === 'a') line.delete('b');
    if (due.length < 3) line.set('a', undefined);
  });
  for (const key of ['a', 'b', 'c']) line.set(key, undefined);
  clock.advance(DELAY_MS);
  assert.equal(due, ['a', 'c']);
  clock.advance(DELAY_MS);
  assert.equal(due, ['a', 'c', 'a']);
  assert.is(clock.pending(), 0);
  line.set('a', undefined);
  line.clear();
  clock.advance(DELAY_MS);
  assert.is(due.length, 3);
});

test.run();
