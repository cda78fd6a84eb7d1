import type { SlaPolicy } from '../../../src/api/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { jobConfig, preemptionScene } from './scene.ts';

const test = suite('preemption that keeps SLA policies');

const AWARE = ['-sla_aware_preemption=true', '-min_required_instances_for_sla_check=2'];
const atLeast = (count: number): SlaPolicy => ({ countSlaPolicy: { count, durationSecs: 60 } });
/** No task here runs for so long, so that every one is kept. */
const KEEPS_ALL: SlaPolicy = { percentageSlaPolicy: { percentage: 50, durationSecs: 7_200 } };
const careful = (slaPolicy: SlaPolicy, tier = 'preferred', name = 'careful') =>
  jobConfig(name, tier, 1, { slaPolicy });
/** What needs room: it may take that of any other job here. */
const urgent = (cpus: number) => jobConfig('urgent', 'preferred', cpus, { priority: 9 });

test('by default preemption asks for no policy, as in the original', async () => {
  const stage = await preemptionScene(['-min_required_instances_for_sla_check=2']);
  await stage.host('a');
  const victims = await stage.run('a', careful(KEEPS_ALL), 2);
  const { config, ids } = await stage.pend(urgent(2));
  await stage.search();
  assert.equal(new Set(await stage.attempt(config, ...ids)), new Set(victims));
  stage.stop();
});

test('a task that its policy keeps is no victim: another one goes, or nobody', async () => {
  const stage = await preemptionScene(AWARE);
  await stage.host('a');
  await stage.run('a', careful(KEEPS_ALL), 2);
  const { config, ids } = await stage.pend(urgent(1));
  await stage.search();
  assert.equal(await stage.attempt(config, ...ids), []);
  assert.ok(stage.count('preemptor_slot_search_failed_for_prod') > 0);
  // It has the higher priority of the two jobs, and would be spared if policies did not count.
  const [other] = await stage.run('a', jobConfig('other', 'preferred', 1, { priority: 5 }));
  await stage.search();
  assert.equal(await stage.attempt(config, ...ids), [other]);
  stage.stop();
});

test('two victims of one job in one slot: each might go, but both together may not', async () => {
  const stage = await preemptionScene(AWARE);
  await stage.host('a');
  await stage.host('b');
  const onA = await stage.run('a', careful(atLeast(2)), 2);
  await stage.run('b', careful(atLeast(2)));
  const { config, ids } = await stage.pend(urgent(2));
  await stage.search();
  assert.equal(await stage.attempt(config, ...ids), [], 'two would go, and one is left');
  const [other] = await stage.run('a', jobConfig('other', 'preferred', 1, { priority: 5 }));
  await stage.search();
  const leaving = await stage.attempt(config, ...ids);
  assert.is(leaving.length, 2);
  assert.ok(leaving.includes(other as string), 'one of the job goes, and a task of another job');
  assert.is(leaving.filter((id) => onA.includes(id)).length, 1);
  stage.stop();
});

test('two slots used in one attempt do not take one task each of a job that may lose one', async () => {
  const stage = await preemptionScene(AWARE);
  await stage.host('a');
  await stage.host('b');
  const [onA] = await stage.run('a', careful(atLeast(1)));
  const [onB] = await stage.run('b', careful(atLeast(1)));
  const { config, ids } = await stage.pend(urgent(1), 2);
  await stage.search();
  assert.is(stage.count('preemption_slot_cache_size'), 2, 'each of the two was found while both ran');
  const leaving = await stage.attempt(config, ...ids);
  assert.is(leaving.length, 1);
  assert.ok(leaving[0] === onA || leaving[0] === onB);
  assert.is(stage.count('preemptor_slot_validation_failed'), 1);
  stage.stop();
});

test('policies are asked again when the slot is used', async () => {
  const stage = await preemptionScene(AWARE);
  await stage.host('a');
  await stage.host('b', [], 'DRAINING');
  await stage.run('a', careful(atLeast(1)));
  const [elsewhere] = await stage.run('b', careful(atLeast(1)));
  const { config, ids } = await stage.pend(urgent(1));
  await stage.search();
  assert.is(stage.count('preemption_slot_cache_size'), 1);
  await stage.storage.write((tx) => stage.state.changeState(tx, { taskId: elsewhere as string, to: 'LOST' }));
  assert.equal(await stage.attempt(config, ...ids), []);
  assert.is(stage.count('preemptor_slot_validation_failed'), 1);
  stage.stop();
});

test('a task that has not run for the duration yet does not stand in for a victim', async () => {
  const stage = await preemptionScene(AWARE);
  await stage.host('a');
  await stage.host('b', [], 'DRAINING');
  const [old] = await stage.run('a', careful(atLeast(1)));
  const { config, ids } = await stage.pend(urgent(1));
  stage.clock.advance(4 * 60_000 - 30_000);
  await stage.run('b', careful(atLeast(1)));
  stage.clock.advance(30_000);
  await stage.storage.settled();
  assert.equal(await stage.attempt(config, ...ids), []);
  stage.clock.advance(60_000);
  await stage.storage.settled();
  assert.equal(await stage.attempt(config, ...ids), [old]);
  stage.stop();
});

test('a task whose policy names a coordinator is never a victim', async () => {
  const stage = await preemptionScene(AWARE);
  await stage.host('a');
  const coordinated = { coordinatorSlaPolicy: { coordinatorUrl: 'http://127.0.0.1:1/', statusKey: 'drain' } };
  await stage.run('a', careful(coordinated), 3);
  await stage.run('a', careful(coordinated, 'preemptible', 'soft'), 3);
  const { config, ids } = await stage.pend(urgent(1));
  await stage.search();
  assert.equal(await stage.attempt(config, ...ids), []);
  stage.stop();
});

test('whom a drain would not spare, preemption does not either: small jobs, and other tiers', async () => {
  const preempted = async (flags: readonly string[], tier: string, instances: number) => {
    const stage = await preemptionScene(['-sla_aware_preemption=true', ...flags]);
    await stage.host('a');
    await stage.run('a', careful(KEEPS_ALL, tier), instances);
    const { config, ids } = await stage.pend(urgent(1));
    await stage.search();
    const leaving = await stage.attempt(config, ...ids);
    stage.stop();
    return leaving.length === 1;
  };
  assert.ok(await preempted([], 'preferred', 19), 'fewer than -min_required_instances_for_sla_check');
  assert.not(await preempted([], 'preferred', 20));
  assert.ok(await preempted([], 'preemptible', 20));
  assert.not(await preempted(['-sla_aware_kill_non_prod=true'], 'preemptible', 20));
});

test.run();
