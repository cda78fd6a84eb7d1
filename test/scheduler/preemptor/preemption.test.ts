import type { Constraint, ScheduleStatus } from '../../../src/api/index.ts';
import { interleaved } from '../../../src/scheduler/preemptor/preemptor.ts';
import { assert, suite } from '../../harness/index.ts';
import { JOB, scalar, taskConfig, text } from '../builders.ts';
import { jobConfig, preemptionScene } from './scene.ts';

const test = suite('preemption');

const limit = (name: string, most: number): Constraint => ({ name, constraint: { limit: { limit: most } } });
const value = (name: string, ...values: string[]): Constraint => ({
  name,
  constraint: { value: { negated: false, values } },
});

/** Whether a pending task of the one kind has a running one of the other preempted. */
async function preempts(
  pending: { tier: string; priority?: number; role?: string },
  running: { tier: string; priority?: number; role?: string },
): Promise<boolean> {
  const stage = await preemptionScene();
  await stage.host('a');
  const config = (name: string, { tier, priority = 0, role = JOB.role }: typeof pending) =>
    jobConfig(name, tier, 1, { job: { ...JOB, role, name }, priority });
  await stage.run('a', config('running', running));
  const { config: group, ids } = await stage.pend(config('pending', pending));
  await stage.search();
  const leaving = await stage.attempt(group, ...ids);
  stage.stop();
  return leaving.length === 1;
}

test('who preempts whom: tiers first, then roles and priorities', async () => {
  const [firm, soft, revocable] = ['preferred', 'preemptible', 'revocable'] as const;
  for (const [pending, running, expected] of [
    [{ tier: firm }, { tier: soft }, true],
    [{ tier: firm }, { tier: soft, role: 'other', priority: 99 }, true],
    [{ tier: soft, priority: 99 }, { tier: firm }, false],
    [{ tier: firm }, { tier: firm }, false],
    [{ tier: firm, priority: 1 }, { tier: firm, priority: 1 }, false],
    [{ tier: firm, priority: 2 }, { tier: firm, priority: 1 }, true],
    [{ tier: firm, priority: 2 }, { tier: firm, priority: 1, role: 'other' }, false],
    [{ tier: soft, priority: 2 }, { tier: soft, priority: 1 }, true],
    [{ tier: soft, priority: 1 }, { tier: soft, priority: 2 }, false],
    [{ tier: soft, priority: 2 }, { tier: soft, priority: 1, role: 'other' }, false],
    [{ tier: revocable, priority: 2 }, { tier: revocable, priority: 1 }, true],
    [{ tier: firm }, { tier: revocable }, false],
  ] as const)
    assert.is(await preempts(pending, running), expected, JSON.stringify([pending, running]));
});

test('revocable cpus are of no use to others, but memory of such a task is', async () => {
  const stage = await preemptionScene();
  await stage.host('a');
  const [victim] = await stage.run(
    'a',
    jobConfig('soft', 'revocable', 4, { resources: [{ numCpus: 4 }, { ramMb: 500 }, { diskMb: 1 }] }),
  );
  const memory = jobConfig('firm', 'preferred', 1, {
    resources: [{ numCpus: 1 }, { ramMb: 400 }, { diskMb: 1 }],
  });
  const { config, ids } = await stage.pend(memory);
  await stage.search();
  assert.equal(await stage.attempt(config, ...ids), [], 'no cpu');
  stage.free('a', 1, { resources: [scalar('cpus', 1)] });
  await stage.search();
  assert.equal(await stage.attempt(config, ...ids), [victim]);
  stage.stop();
});

test('what is free on the agent counts, so that as few as can be go', async () => {
  const stage = await preemptionScene();
  await stage.host('a');
  await stage.run('a', jobConfig('soft', 'preemptible', 1), 4);
  stage.free('a', 2);
  const { config, ids } = await stage.pend(jobConfig('firm', 'preferred', 3));
  await stage.search();
  assert.is((await stage.attempt(config, ...ids)).length, 1);
  stage.stop();
});

test('on an agent without an offer, ports do not have to come from those that leave', async () => {
  const stage = await preemptionScene();
  await stage.host('a');
  const [victim] = await stage.run('a', jobConfig('soft', 'preemptible', 1));
  const firm = jobConfig('firm', 'preferred', 1);
  const { config, ids } = await stage.pend({
    ...firm,
    resources: [...firm.resources, { namedPort: 'http' }],
  });
  await stage.search();
  assert.equal(await stage.attempt(config, ...ids), [victim]);
  stage.stop();
});

test('where a task fits without anybody leaving, nobody is preempted', async () => {
  const stage = await preemptionScene();
  await stage.host('a');
  await stage.run('a', jobConfig('soft', 'preemptible', 1), 4);
  stage.free('a', 8);
  const { config, ids } = await stage.pend(jobConfig('firm', 'preferred', 3));
  await stage.search();
  assert.equal(stage.retried, []);
  assert.equal(await stage.attempt(config, ...ids), []);
  stage.stop();
});

test('of several agents the one is taken where it disturbs least', async () => {
  const stage = await preemptionScene();
  for (const agent of ['a', 'b', 'c']) await stage.host(agent);
  await stage.run('a', jobConfig('many', 'preemptible', 1), 3);
  const [one] = await stage.run('b', jobConfig('one', 'preemptible', 3));
  await stage.run('c', jobConfig('important', 'preemptible', 3, { priority: 5 }));
  const { config, ids } = await stage.pend(jobConfig('firm', 'preferred', 3));
  await stage.search();
  assert.equal(await stage.attempt(config, ...ids), [one]);
  stage.stop();
});

test('a task younger than the delay preempts nobody', async () => {
  const stage = await preemptionScene(['-preemption_delay=10mins']);
  await stage.host('a');
  await stage.run('a', jobConfig('soft', 'preemptible', 1));
  await stage.pend(jobConfig('firm', 'preferred', 1));
  await stage.search();
  assert.is(stage.count('preemptor_slot_search_attempts_for_prod'), 0);
  stage.clock.advance(6 * 60_000);
  assert.is(stage.count('preemptor_slot_search_successful_for_prod'), 1);
  stage.stop();
});

test('a limit is met when enough tasks of the same job leave; tasks of other jobs do not help', async () => {
  const constraints = [limit('rack', 1)];
  const rack = [text('rack', 'r1')];
  const own = await preemptionScene();
  await own.host('a', rack);
  const [peer] = await own.run('a', jobConfig('job', 'preferred', 1, { constraints, priority: 1 }));
  await own.run('a', jobConfig('other', 'preemptible', 4));
  const waiting = await own.pend(jobConfig('job', 'preferred', 1, { constraints, priority: 2 }));
  await own.search();
  assert.equal(await own.attempt(waiting.config, ...waiting.ids), [peer]);
  own.stop();

  const elsewhere = await preemptionScene();
  await elsewhere.host('a', rack);
  await elsewhere.host('b', rack);
  await elsewhere.run('b', jobConfig('job', 'preferred', 1, { constraints, priority: 1 }));
  await elsewhere.run('a', jobConfig('other', 'preemptible', 4));
  const blocked = await elsewhere.pend(jobConfig('job', 'preferred', 1, { constraints, priority: 1 }));
  await elsewhere.search();
  assert.equal(await elsewhere.attempt(blocked.config, ...blocked.ids), []);
  elsewhere.stop();
});

test('two tasks of a job get no slots that together exceed a limit', async () => {
  const stage = await preemptionScene();
  const constraints = [limit('rack', 1)];
  for (const agent of ['a', 'b', 'c']) {
    await stage.host(agent, [text('rack', agent === 'c' ? 'r2' : 'r1')]);
    await stage.run(agent, jobConfig('soft', 'preemptible', 2));
  }
  const { config, ids } = await stage.pend(jobConfig('firm', 'preferred', 2, { constraints }), 3);
  await stage.search();
  assert.is(stage.count('preemption_slot_cache_size'), 2);
  assert.is((await stage.attempt(config, ...ids)).length, 2);
  stage.stop();
});

test('hosts in maintenance, dedicated ones and those without a wanted attribute are never slots', async () => {
  for (const [attributes, mode, constraints] of [
    [[], 'DRAINING', []],
    [[text('dedicated', 'web/x')], 'NONE', []],
    [[text('rack', 'r1')], 'NONE', [value('rack', 'r2')]],
    [[], 'NONE', [limit('rack', 3)]],
  ] as const) {
    const stage = await preemptionScene();
    await stage.host('a', attributes, mode);
    await stage.run('a', jobConfig('soft', 'preemptible', 4));
    const { config, ids } = await stage.pend(jobConfig('firm', 'preferred', 1, { constraints }));
    await stage.search();
    assert.equal(await stage.attempt(config, ...ids), []);
    stage.stop();
  }
});

test('tasks on their way out, and out of reach, are no victims', async () => {
  for (const status of ['KILLING', 'DRAINING', 'RESTARTING', 'PARTITIONED'] as ScheduleStatus[]) {
    const stage = await preemptionScene();
    await stage.host('a');
    const [taskId] = await stage.run('a', jobConfig('soft', 'preemptible', 4));
    await stage.storage.write((tx) => stage.state.changeState(tx, { taskId: taskId as string, to: status }));
    const { config, ids } = await stage.pend(jobConfig('firm', 'preferred', 1));
    await stage.search();
    assert.equal(await stage.attempt(config, ...ids), [], status);
    stage.stop();
  }
});

test('an agent whose attributes are not known is passed over, and counted', async () => {
  const stage = await preemptionScene();
  await stage.run('a', jobConfig('soft', 'preemptible', 4));
  await stage.pend(jobConfig('firm', 'preferred', 1));
  await stage.search();
  assert.ok(stage.count('preemptor_missing_attributes') > 0);
  stage.stop();
});

test('the searches go from group to group, some of each at a time', () => {
  const [a, b] = [taskConfig(), taskConfig()];
  const name = new Map([
    [a, 'A'],
    [b, 'B'],
  ]);
  const order = (countA: number, countB: number, batch: number) =>
    interleaved(
      [
        { group: a, count: countA },
        { group: b, count: countB },
      ],
      batch,
    )
      .map((group) => name.get(group))
      .join('');
  assert.is(order(3, 2, 2), 'AABBA');
  assert.is(order(1, 3, 1), 'ABBB');
  assert.is(order(0, 0, 5), '');
});

test('a group with a slot is not searched for again; one without a match only once a run', async () => {
  const stage = await preemptionScene(['-preemption_slot_hold_time=20mins']);
  await stage.host('a');
  await stage.run('a', jobConfig('soft', 'preemptible', 1));
  await stage.pend(jobConfig('firm', 'preferred', 1));
  await stage.pend(jobConfig('huge', 'preferred', 99), 5);
  await stage.search();
  assert.is(stage.count('preemptor_slot_search_successful_for_prod'), 1);
  const runs = stage.count('preemptor_task_processor_runs');
  const failed = stage.count('preemptor_slot_search_failed_for_prod');
  stage.clock.advance(2 * 60_000);
  assert.is(stage.count('preemptor_slot_search_successful_for_prod'), 1);
  const more = stage.count('preemptor_task_processor_runs') - runs;
  assert.is(stage.count('preemptor_slot_search_failed_for_prod'), failed + more);
  stage.stop();
});

test('a slot expires', async () => {
  const stage = await preemptionScene([
    '-preemption_slot_hold_time=90secs',
    '-preemption_slot_search_interval=30mins',
  ]);
  await stage.host('a');
  await stage.run('a', jobConfig('soft', 'preemptible', 1));
  const { config, ids } = await stage.pend(jobConfig('firm', 'preferred', 1));
  stage.clock.advance(60_000);
  stage.clock.advance(30 * 60_000);
  assert.ok(stage.preempting.planned());
  stage.clock.advance(89_999);
  assert.ok(stage.preempting.planned());
  stage.clock.advance(1);
  assert.not(stage.preempting.planned());
  assert.equal(await stage.attempt(config, ...ids), []);
  stage.stop();
});

test('a slot that does no longer do is given up: its victim ended, or the free part of the agent went', async () => {
  const ended = await preemptionScene();
  await ended.host('a');
  const [victim] = await ended.run('a', jobConfig('soft', 'preemptible', 1));
  const one = await ended.pend(jobConfig('firm', 'preferred', 1));
  await ended.search();
  await ended.storage.write((tx) =>
    ended.state.changeState(tx, { taskId: victim as string, to: 'FINISHED' }),
  );
  assert.equal(await ended.attempt(one.config, ...one.ids), []);
  assert.is(ended.count('preemptor_slot_validation_failed'), 1);
  assert.not(ended.preempting.planned());
  ended.stop();

  const gone = await preemptionScene();
  await gone.host('a');
  await gone.run('a', jobConfig('soft', 'preemptible', 1));
  gone.free('a', 1);
  const two = await gone.pend(jobConfig('firm', 'preferred', 2));
  await gone.search();
  assert.ok(gone.preempting.planned());
  gone.book.rescind('offer-a');
  assert.equal(await gone.attempt(two.config, ...two.ids), []);
  assert.is(gone.count('preemptor_slot_validation_failed'), 1);
  gone.stop();
});

test('a victim that is not needed any more when the slot is used stays', async () => {
  const stage = await preemptionScene();
  await stage.host('a');
  await stage.run('a', jobConfig('soft', 'preemptible', 1), 2);
  const { config, ids } = await stage.pend(jobConfig('firm', 'preferred', 2));
  await stage.search();
  stage.free('a', 1);
  assert.is((await stage.attempt(config, ...ids)).length, 1);
  stage.stop();
});

test('victims hear for whom they leave, and their agent is kept for that group until a task of it is there', async () => {
  const stage = await preemptionScene();
  await stage.host('a');
  const [victim] = await stage.run('a', jobConfig('soft', 'preemptible', 1));
  const { config, ids } = await stage.pend(jobConfig('firm', 'preferred', 1), 2);
  await stage.search();
  assert.equal(stage.retried.includes(config), true, 'a slot is used at once');
  await stage.attempt(config, ...ids);
  const event = stage.storage.read(({ tasks }) => tasks.get(victim as string)?.taskEvents.at(-1));
  assert.is(event?.message, `Preempting in favor of ${ids[0]}`);
  assert.is(stage.count('preemptor_tasks_preempted_non_prod'), 1);
  assert.is(stage.preempting.reservations.holder('a'), config);
  await stage.storage.write((tx) =>
    stage.state.assignTask(tx, {
      taskId: ids[0] as string,
      slaveId: 'a',
      slaveHost: 'host-a',
      assignedPorts: {},
    }),
  );
  assert.is(stage.preempting.reservations.holder('a'), undefined);
  stage.stop();
});

test('an agent is given back when the group has no pending tasks any more, or after a time', async () => {
  for (const way of ['killed', 'time'] as const) {
    const stage = await preemptionScene();
    await stage.host('a');
    await stage.run('a', jobConfig('soft', 'preemptible', 1));
    const { config, ids } = await stage.pend(jobConfig('firm', 'preferred', 1));
    await stage.search();
    await stage.attempt(config, ...ids);
    assert.is(stage.preempting.reservations.size, 1);
    if (way === 'time') stage.clock.advance(3 * 60_000);
    else
      await stage.storage.write((tx) =>
        stage.state.changeState(tx, { taskId: ids[0] as string, to: 'KILLING' }),
      );
    assert.is(stage.preempting.reservations.size, 0, way);
    stage.stop();
  }
});

test('a group has as many agents kept as it has tasks without a place, and no more', async () => {
  const stage = await preemptionScene();
  for (const agent of ['a', 'b', 'c', 'd']) {
    await stage.host(agent);
    await stage.run(agent, jobConfig('soft', 'preemptible', 1));
  }
  const { config, ids } = await stage.pend(jobConfig('firm', 'preferred', 1), 4);
  await stage.search();
  assert.is((await stage.attempt(config, ids[0]!, ids[1]!)).length, 2);
  assert.is((await stage.attempt(config, ids[0]!, ids[1]!)).length, 2);
  assert.is((await stage.attempt(config, ids[0]!, ids[1]!, ids[2]!)).length, 3);
  stage.stop();
});

test('groups whose kept agents have something to offer are tried at once', async () => {
  const stage = await preemptionScene();
  const { config } = await stage.pend(jobConfig('firm', 'preferred', 1));
  stage.preempting.reservations.reserve('a', config);
  const heard: unknown[] = [];
  const offered = (agent: string) =>
    stage.preempting.offered(
      [
        {
          id: { value: 'o' },
          framework_id: { value: 'f' },
          agent_id: { value: agent },
          hostname: 'h',
        },
      ],
      { retry: (group) => void heard.push(group) },
    );
  offered('b');
  assert.equal(heard, []);
  offered('a');
  assert.is(heard[0], config);
  stage.stop();
});

test('the preemptor can be switched off, and called off', async () => {
  const stage = await preemptionScene(['-enable_preemptor=false']);
  await stage.host('a');
  await stage.run('a', jobConfig('soft', 'preemptible', 1));
  await stage.pend(jobConfig('firm', 'preferred', 1));
  await stage.search();
  assert.is(stage.count('preemptor_task_processor_runs'), 0);
  stage.stop();

  const idle = await preemptionScene();
  const timers = idle.clock.pending();
  idle.stop();
  assert.is(idle.clock.pending(), timers - 1);
});

test('tasks that come and go are seen by the next search', async () => {
  const stage = await preemptionScene();
  await stage.host('a');
  const { config, ids } = await stage.pend(jobConfig('firm', 'preferred', 1));
  await stage.search();
  assert.not(stage.preempting.planned());
  const [victim] = await stage.run('a', jobConfig('soft', 'preemptible', 1));
  stage.clock.advance(60_000);
  assert.ok(stage.preempting.planned());
  assert.equal(await stage.attempt(config, ...ids), [victim]);
  stage.stop();
});

test.run();
