/** Wall clocks are set, by hand and by NTP: updates watch their instances for as long as they are to, all the same. */
import { assert, suite } from '../../harness/index.ts';
import { queueOf, type Scene, scene } from './scene.ts';

const test = suite('updates whose clock is set');

const HOUR_MS = 3_600_000;

function on(name: string, body: (scene: Scene) => Promise<void>) {
  test(name, async () => {
    const made = await scene();
    await body(made);
    await made.stop();
  });
}

const setBy = ({ clock }: Scene, ms: number) => clock.setWall(clock.nowMs() + ms);

for (const [name, ms] of [
  ['back', -HOUR_MS],
  ['forward', HOUR_MS],
] as const)
  on(
    `Update clock: set ${name} by an hour while an instance is watched: it is watched as long as before`,
    async (s) => {
      await s.update('b', 1, { minWaitInInstanceRunningMs: 60_000 });
      await s.settle();
      await s.advance(40_000);
      setBy(s, ms);
      // Events of all kinds have it judged in between.
      s.updates().again(s.key, 0);
      await s.advance(19_999);
      assert.is(s.status(), 'ROLLING_FORWARD', 'for all but a millisecond');
      await s.advance(1);
      assert.is(s.status(), 'ROLLED_FORWARD');
    },
  );

on('Update clock: a pause does not make up for a clock that was set', async (s) => {
  await s.update('b', 1, { minWaitInInstanceRunningMs: 60_000 });
  await s.settle();
  await s.advance(40_000);
  setBy(s, -HOUR_MS);
  await s.user('pause');
  await s.advance(10_000);
  await s.user('resume');
  await s.advance(9_999);
  assert.is(s.status(), 'ROLLING_FORWARD');
  await s.advance(1);
  assert.is(s.status(), 'ROLLED_FORWARD');
});

on(
  'Update clock: a leader that finds an instance RUNNING in the future watches it from now on',
  async (s) => {
    await s.update('b', 1, { minWaitInInstanceRunningMs: 60_000 });
    await s.settle();
    await s.advance(40_000);
    setBy(s, -HOUR_MS);
    await s.failover();
    await s.advance(59_999);
    assert.is(s.status(), 'ROLLING_FORWARD');
    await s.advance(1);
    assert.is(s.status(), 'ROLLED_FORWARD', 'and does not wait for the clock to catch up');
  },
);

on('Update clock: a leader that finds an instance RUNNING for long does not watch it again', async (s) => {
  await s.update('b', 1, { minWaitInInstanceRunningMs: 60_000 });
  await s.settle();
  await s.advance(40_000);
  await s.failover();
  await s.advance(20_000);
  assert.is(s.status(), 'ROLLED_FORWARD');
});

on(
  'Update clock: instances that were RUNNING before the clock was set back do not hold up an update',
  async (s) => {
    await s.running('b', 'a');
    setBy(s, -2 * HOUR_MS);
    await s.update('b', 2, { ...queueOf(2), minWaitInInstanceRunningMs: 60_000 });
    await s.settle();
    await s.advance(60_000);
    assert.is(s.status(), 'ROLLED_FORWARD');
  },
);

on('Update clock: set back while an instance starts: it fails when its time to start is over', async (s) => {
  await s.update('b', 1, { instanceStartTimeoutMs: 60_000, rollbackOnFailure: false });
  await s.settle((task) => (task.status === 'PENDING' ? 'ASSIGNED' : undefined));
  await s.advance(30_000);
  setBy(s, -HOUR_MS);
  await s.advance(29_999);
  assert.is(s.status(), 'ROLLING_FORWARD');
  await s.advance(1);
  assert.is(s.status(), 'FAILED');
});

on(
  'Update clock: a task that takes the place of a failed one is watched from its own beginning',
  async (s) => {
    await s.update('b', 1, { minWaitInInstanceRunningMs: 60_000, maxPerInstanceFailures: 1 });
    await s.settle();
    await s.advance(59_000);
    setBy(s, -HOUR_MS);
    await s.move(s.active()[0]!, 'FAILED');
    await s.settle();
    await s.advance(59_999);
    assert.is(s.status(), 'ROLLING_FORWARD');
    await s.advance(1);
    assert.is(s.status(), 'ROLLED_FORWARD');
  },
);

test.run();
