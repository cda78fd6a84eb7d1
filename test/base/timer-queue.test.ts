import fc from 'fast-check';
import { manualClock } from '../../src/base/manual-clock.ts';
import { timerQueue } from '../../src/base/timer-queue.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('timer queue');

test('runs what a clock would run, at the same times and in the same order, on one timer', () => {
  const step = fc.oneof(
    fc.record({ arm: fc.nat(50) }),
    fc.record({ cancel: fc.nat(30) }),
    fc.record({ advance: fc.nat(30) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [clock, plain] = [manualClock(), manualClock()];
      const queue = timerQueue(clock);
      const [ran, expected]: [string[], string[]] = [[], []];
      const timers: { cancel(): void }[][] = [];
      for (const [name, step] of steps.entries()) {
        if ('arm' in step) {
          timers.push([
            queue.after(step.arm, () => ran.push(`${name} at ${clock.monotonicMs()}`)),
            plain.after(step.arm, () => expected.push(`${name} at ${plain.monotonicMs()}`)),
          ]);
        } else if ('cancel' in step) for (const timer of timers[step.cancel] ?? []) timer.cancel();
        else {
          clock.advance(step.advance);
          plain.advance(step.advance);
        }
        assert.ok(clock.pending() <= 1);
        assert.is(queue.size, plain.pending());
      }
      clock.advance(100);
      plain.advance(100);
      assert.equal(ran, expected);
    }),
  );
});

test('a cancelled timer leaves the others in order, wherever it was', () => {
  for (const cancelled of [1, 10, 2, 11, 12, 3, 4]) {
    const clock = manualClock();
    const queue = timerQueue(clock);
    const ran: number[] = [];
    const timers = new Map([1, 10, 2, 11, 12, 3, 4].map((ms) => [ms, queue.after(ms, () => ran.push(ms))]));
    timers.get(cancelled)!.cancel();
    clock.advance(20);
    assert.equal(
      ran,
      [1, 2, 3, 4, 10, 11, 12].filter((ms) => ms !== cancelled),
    );
  }
});

test('of very many timers that are nearly all cancelled, the others run in order', () => {
  const clock = manualClock();
  const queue = timerQueue(clock);
  const ran: number[] = [];
  const expected: number[] = [];
  const timers = Array.from({ length: 2_000 }, (_, nth) => {
    const ms = (nth * 7_919) % 2_003;
    return { ms, timer: queue.after(ms, () => ran.push(ms)) };
  });
  for (const [nth, { ms, timer }] of timers.entries()) {
    if (nth % 50 === 0) expected.push(ms);
    else timer.cancel();
  }
  assert.is(queue.size, expected.length);
  clock.advance(3_000);
  assert.equal(
    ran,
    expected.sort((a, b) => a - b),
  );
  for (const { timer } of timers) timer.cancel();
  assert.is(queue.size, 0);
  assert.is(clock.pending(), 0);
});

test('a timer may arm and cancel others while it runs', () => {
  const clock = manualClock();
  const queue = timerQueue(clock);
  const ran: string[] = [];
  const doomed = queue.after(10, () => ran.push('doomed'));
  queue.after(5, () => {
    doomed.cancel();
    queue.after(0, () => ran.push('child'));
  });
  clock.advance(20);
  assert.equal(ran, ['child']);
  assert.is(clock.pending(), 0);
});

test.run();
