import fc from 'fast-check';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { delayLine } from '../../../src/scheduler/state/watchdogs/delay-line.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('delay line');

const DELAY_MS = 100;

const MANY = 1_500;

/** A line whose keys wait until they are deleted or due. */
function lineOf(clock: ReturnType<typeof manualClock>, due: (key: string, value: number) => void) {
  const waiting = new Map<string, number>();
  const line = delayLine<number>({
    clock,
    delayMs: DELAY_MS,
    isWaiting: (key, value) => waiting.get(key) === value,
    due(key, value) {
      waiting.delete(key);
      due(key, value);
    },
  });
  return {
    set(key: string, value: number) {
      waiting.set(key, value);
      line.set(key, value);
    },
    delete(key: string) {
      waiting.delete(key);
      line.delete(key);
    },
    /** It is no longer meant, and nobody says so. */
    leave: (key: string) => void waiting.delete(key),
    clear: line.clear,
  };
}

test('each key is due once, a delay after it was set last, unless it was deleted or is no longer meant', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd');
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ set: key }) },
    { weight: 2, arbitrary: fc.record({ delete: key }) },
    { weight: 2, arbitrary: fc.record({ leave: key }) },
    { weight: 4, arbitrary: fc.record({ advance: fc.integer({ min: 1, max: 80 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        many: fc.integer({ min: 1, max: MANY }),
        of: fc.nat({ max: 2 }),
        stay: fc.boolean(),
      }),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = manualClock();
      const due: string[] = [];
      const expected: string[] = [];
      const deadlines = new Map<string, { readonly dueMs: number; readonly value: number }>();
      const line = lineOf(clock, (key, value) => {
        due.push(`${key} ${value} at ${clock.monotonicMs()}`);
      });
      let nth = 0;
      const set = (key: string) => {
        deadlines.delete(key);
        deadlines.set(key, { dueMs: clock.monotonicMs() + DELAY_MS, value: ++nth });
        line.set(key, nth);
      };
      const advance = (ms: number) => {
        const untilMs = clock.monotonicMs() + ms;
        for (const [key, { dueMs, value }] of deadlines)
          if (dueMs <= untilMs) {
            expected.push(`${key} ${value} at ${dueMs}`);
            deadlines.delete(key);
          }
        clock.advance(ms);
      };
      for (const one of steps) {
        if ('set' in one) set(one.set);
        else if ('delete' in one) {
          deadlines.delete(one.delete);
          line.delete(one.delete);
        } else if ('leave' in one) {
          deadlines.delete(one.leave);
          line.leave(one.leave);
        } else if ('many' in one) {
          for (let at = 0; at < one.many; at++) set(`many ${one.of} ${at}`);
          if (one.stay) continue;
          for (let at = 0; at < one.many; at++) {
            deadlines.delete(`many ${one.of} ${at}`);
            line.leave(`many ${one.of} ${at}`);
          }
        } else advance(one.advance);
      }
      advance(DELAY_MS);
      assert.equal(due, expected);
      assert.is(clock.pending(), 0, 'no timer is left');
    }),
  );
});

/** More than the ring takes. */
const MOST = 20_000;

test('a key that is set anew comes behind those that were set meanwhile, however many wait', () => {
  const clock = manualClock();
  const due: string[] = [];
  const line = lineOf(clock, (key, value) => due.push(`${key} ${value}`));
  const many = (of: string) => {
    for (let at = 0; at < MOST; at++) line.set(`${of}${at}`, 0);
  };
  line.set('a', 1);
  many('b');
  line.set('a', 2);
  many('c');
  clock.advance(DELAY_MS);
  assert.is(due.length, 2 * MOST + 1);
  assert.is(due[MOST], 'a 2');
});

test('what is due may set and delete others', () => {
  const clock = manualClock();
  const due: string[] = [];
  const line = lineOf(clock, (key) => {
    due.push(key);
    if (key === 'a') line.delete('b');
    if (due.length < 3) line.set('a', due.length);
  });
  for (const key of ['a', 'b', 'c']) line.set(key, 0);
  clock.advance(DELAY_MS);
  assert.equal(due, ['a', 'c']);
  clock.advance(DELAY_MS);
  assert.equal(due, ['a', 'c', 'a']);
  assert.is(clock.pending(), 0);
  line.set('a', 0);
  line.clear();
  clock.advance(DELAY_MS);
  assert.is(due.length, 3);
});

test('what is due and is set anew makes no other wait longer', () => {
  const clock = manualClock();
  const due: string[] = [];
  const line = lineOf(clock, (key, value) => {
    due.push(`${key} at ${clock.monotonicMs()}`);
    if (value === 0) line.set(key, 1);
  });
  line.set('a', 0);
  const startMs = clock.monotonicMs();
  clock.advance(10);
  line.set('b', 1);
  clock.advance(DELAY_MS);
  assert.equal(due, [`a at ${startMs + DELAY_MS}`, `b at ${startMs + DELAY_MS + 10}`]);
});

test.run();
