/** A restart is an update whose instances keep their configurations. */
import { assert, suite } from '../../harness/index.ts';
import { batchOf, scene, WELL } from './scene.ts';

const test = suite('restarts by the scheduler');

type Scene = Awaited<ReturnType<typeof scene>>;
const on = (name: string, body: (s: Scene) => Promise<void>) =>
  test(name, async () => {
    const s = await scene();
    try {
      await body(s);
    } finally {
      await s.stop();
    }
  });
const ids = (s: Scene) => s.active().map(({ assignedTask }) => assignedTask.taskId);

on('every instance gets a new task of its own configuration, once, batch after batch', async (s) => {
  await s.running('a', 'b', 'a', 'a', 'a');
  const before = ids(s);
  await s.restart([], batchOf(2));
  const most: number[] = [];
  do most.push(s.active().filter(({ status }) => status !== 'RUNNING').length);
  while (await s.step(WELL));
  assert.is(s.status(), 'ROLLED_FORWARD');
  assert.equal(s.shown(), ['0:a', '1:b', '2:a', '3:a', '4:a']);
  assert.equal(
    ids(s).filter((id) => before.includes(id)),
    [],
  );
  assert.ok(Math.max(...most) <= 2, `${most}`);
  assert.equal(s.order('INSTANCE_UPDATED'), [0, 1, 2, 3, 4]);
});

on('only the instances that are named are restarted', async (s) => {
  await s.running('a', 'a', 'a');
  const before = ids(s);
  await s.restart([1]);
  await s.settle();
  assert.is(s.status(), 'ROLLED_FORWARD');
  const after = ids(s);
  assert.equal(
    before.map((id) => after.includes(id)),
    [true, false, true],
  );
});

on('a restart goes on with the next leader, and restarts nothing twice', async (s) => {
  await s.running('a', 'a', 'a');
  const before = ids(s);
  await s.restart([], { minWaitInInstanceRunningMs: 10_000 });
  await s.settle();
  const [first] = ids(s);
  assert.not(before.includes(first as string));
  await s.failover();
  for (let round = 0; round < 6 && s.status() === 'ROLLING_FORWARD'; round++) {
    await s.advance(10_000);
    await s.settle();
  }
  assert.is(s.status(), 'ROLLED_FORWARD');
  assert.is(ids(s)[0], first, 'the first one was restarted by the leader before');
  assert.equal(
    ids(s).filter((id) => before.includes(id)),
    [],
  );
});

on('a new task that fails counts, the end of one that was to go does not', async (s) => {
  await s.running('a', 'a');
  await s.restart([], { maxPerInstanceFailures: 0, minWaitInInstanceRunningMs: 10_000 });
  await s.settle();
  // Instance 1 has its turn later: its task fails by itself, and what comes instead is new already.
  const [, second] = s.active();
  await s.move(second!, 'FAILED');
  await s.settle();
  await s.advance(10_000);
  await s.settle();
  await s.advance(10_000);
  await s.settle();
  assert.is(s.status(), 'ROLLED_FORWARD');
});

on('with slaAware the policy of the job holds it back, and the waits are told', async (s) => {
  await s.running('sla-a', 'sla-a', 'sla-a');
  await s.restart([], { ...batchOf(3), slaAware: true });
  await s.settle();
  // Two others have to have been up for ten seconds: one goes at a time.
  assert.is(s.order('INSTANCE_UPDATED').length, 1);
  assert.equal(
    s
      .kills()
      .waiting(s.key)
      .map(({ instanceId }) => instanceId),
    [1, 2],
  );
  assert.match(s.kills().waiting(s.key)[0]?.waitsFor ?? '', /of the other 2 tasks .* asks for 2/);
});

on('a restart that is rolled back leaves what was restarted, and the rest as it is', async (s) => {
  await s.running('a', 'a', 'a');
  const before = ids(s);
  await s.restart([], { minWaitInInstanceRunningMs: 10_000 });
  await s.settle();
  await s.storage().write((tx) => s.updates().rollback(tx, s.key, {}));
  await s.advance(10_000);
  await s.settle();
  assert.is(s.status(), 'ROLLED_BACK');
  assert.equal(ids(s).slice(1), before.slice(1));
});

test.run();
