import { sleep, systemClock } from '../../src/base/clock.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('clock');

test('runs timers in order of time, and of arming when times are equal', () => {
  const clock = manualClock();
  const ran: string[] = [];
  clock.after(20, () => ran.push('late'));
  clock.after(10, () => ran.push('first'));
  clock.after(10, () => ran.push('second'));
  clock.advance(15);
  assert.equal(ran, ['first', 'second']);
  clock.advance(5);
  assert.equal(ran, ['first', 'second', 'late']);
});

test('a timer armed by a timer runs in the same advance when it falls due', () => {
  const clock = manualClock();
  const ranAtMs: number[] = [];
  clock.after(10, () => clock.after(5, () => ranAtMs.push(clock.monotonicMs())));
  clock.advance(100);
  assert.equal(ranAtMs, [15]);
  assert.is(clock.monotonicMs(), 100);
});

test('a cancelled timer never runs', () => {
  const clock = manualClock();
  let ran = false;
  clock.after(1, () => (ran = true)).cancel();
  clock.advance(10);
  assert.is(ran, false);
  assert.is(clock.pending(), 0);
});

test('setting the wall clock moves no timer', () => {
  const clock = manualClock(1_000);
  let ran = false;
  clock.after(50, () => (ran = true));
  clock.setWall(10_000_000);
  assert.is(clock.nowMs(), 10_000_000);
  clock.advance(49);
  assert.is(ran, false);
  clock.advance(1);
  assert.is(ran, true);
});

test('sleep ends with the reason when its signal fires, and leaves no timer', async () => {
  const clock = manualClock();
  const stop = new AbortController();
  const sleeping = sleep(clock, 1_000, stop.signal);
  stop.abort(new Error('stopped'));
  try {
    await sleeping;
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, 'stopped');
  }
  assert.is(clock.pending(), 0);
});

test('sleep ends at its time', async () => {
  const clock = manualClock();
  const sleeping = sleep(clock, 1_000);
  clock.advance(1_000);
  await sleeping;
});

test('the system clock does not fire a month-long timer at once', async () => {
  let ran = false;
  const timer = systemClock.after(40 * 86_400_000, () => (ran = true));
  await new Promise((done) => setImmediate(done));
  timer.cancel();
  assert.is(ran, false);
});

test.run();
