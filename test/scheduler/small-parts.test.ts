import { silentLogger } from '../../src/base/log.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import { lifecycle } from '../../src/scheduler/lifecycle.ts';
import { counters } from '../../src/scheduler/metrics/counters.ts';
import { nearestFit } from '../../src/scheduler/scheduling/nearest-fit.ts';
import { rateLimit } from '../../src/scheduler/scheduling/rate-limit.ts';
import { unfitOffers } from '../../src/scheduler/scheduling/unfit-offers.ts';
import { constraintVeto, resourceVeto } from '../../src/scheduler/scheduling/veto.ts';
import { BUILT_IN_TIERS, isProduction, loadTiers, parseTiers } from '../../src/scheduler/tiers.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('scheduler, small parts');

test('useless offers are remembered by group, and forgotten before they fill the memory', () => {
  const unfit = unfitOffers();
  const [one, other] = [{}, {}];
  unfit.of(one).add(7);
  assert.ok(unfit.of(one).has(7));
  assert.not(unfit.of(other).has(7));
  for (let arrival = 0; arrival < 180_000; arrival++) unfit.of(one).add(arrival);
  assert.ok(unfit.of(one).size <= 50_000);
  assert.ok(unfit.of(one).has(179_999));
});

test('tiers: the built-in ones, a file of one, and what is wrong with a file', () => {
  assert.is(BUILT_IN_TIERS.defaultName, 'preemptible');
  const production = [...BUILT_IN_TIERS.byName]
    .filter(([, tier]) => isProduction(tier))
    .map(([name]) => name);
  assert.equal(production, ['preferred']);
  const own = parseTiers('{"default":"x","tiers":{"x":{"preemptible":false,"revocable":false}}}', 'f');
  assert.equal([...own.byName], [['x', { preemptible: false, revocable: false }]]);
  for (const [text, reason] of [
    ['{', /tiers: .*\(f\)/],
    ['{"default":"x"}', /no tier is defined/],
    ['{"default":"x","tiers":{}}', /no tier is defined/],
    ['null', /no tier is defined/],
    [
      '{"default":"y","tiers":{"x":{"preemptible":true,"revocable":true}}}',
      /default tier "y" is not defined/,
    ],
    ['{"default":"x","tiers":{"x":{"preemptible":1,"revocable":true}}}', /tier x needs/],
    ['{"default":"x","tiers":{"x":null}}', /tier x needs/],
  ] as const)
    assert.throws(() => parseTiers(text, 'f'), reason, text);
  assert.throws(() => loadTiers('/nowhere/tiers.json'), /cannot be read \(\/nowhere\/tiers.json\)/);
});

test('a rate limit lets a second of work through at once, then its share', () => {
  const clock = manualClock();
  const limit = rateLimit(clock, 10);
  assert.is(limit.take(25), 10);
  assert.is(limit.take(1), 0);
  assert.is(limit.waitMs(), 100);
  clock.advance(250);
  assert.is(limit.take(25), 2);
  clock.advance(60_000);
  assert.is(limit.take(25), 10);
});

test('a slow rate limit still lets one through', () => {
  const clock = manualClock();
  const limit = rateLimit(clock, 0.5);
  assert.is(limit.take(5), 1);
  assert.is(limit.waitMs(), 2000);
  clock.advance(2000);
  assert.is(limit.take(5), 1);
});

test('the nearest fit gets better, never worse, until it is old or forgotten', () => {
  const clock = manualClock();
  const nearest = nearestFit(clock);
  const group = {};
  const reasons = () => nearest.of(group).map(({ reason }) => reason);
  nearest.vetoed(group, [constraintVeto('rack')]);
  nearest.vetoed(group, [resourceVeto('cpus', 1)]);
  nearest.vetoed(group, [constraintVeto('rack')]);
  assert.equal(reasons(), ['Insufficient: CPU']);
  clock.advance(600_000);
  assert.equal(reasons(), []);
  nearest.vetoed(group, [constraintVeto('rack')]);
  assert.equal(reasons(), ['Constraint not satisfied: rack']);
  nearest.forget(group);
  assert.equal(reasons(), []);
});

test('the lifecycle takes the steps of its table and shows where it is', () => {
  const counted = counters();
  const life = lifecycle(counted, silentLogger);
  assert.not(life.to('ACTIVE'));
  for (const next of [
    'PREPARING_STORAGE',
    'STORAGE_PREPARED',
    'LEADER_AWAITING_REGISTRATION',
    'ACTIVE',
  ] as const)
    assert.ok(life.to(next), next);
  assert.not(life.to('ACTIVE'));
  assert.is(counted.read().get('scheduler_lifecycle_ACTIVE'), 1);
  assert.is(counted.read().get('scheduler_lifecycle_IDLE'), 0);
  assert.ok(life.to('DEAD'));
  assert.not(life.to('ACTIVE'));
});

test.run();
