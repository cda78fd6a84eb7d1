import type { Constraint } from '../../../src/api/index.ts';
import type { Offer } from '../../../src/mesos/index.ts';
import { hostOffer } from '../../../src/scheduler/offers/host-offer.ts';
import { EMPTY_BAG } from '../../../src/scheduler/offers/resource-bag.ts';
import { attributeCounts } from '../../../src/scheduler/scheduling/constraints.ts';
import { vetoes } from '../../../src/scheduler/scheduling/filter.ts';
import { taskRequest } from '../../../src/scheduler/scheduling/task-request.ts';
import { isStatic } from '../../../src/scheduler/scheduling/veto.ts';
import { assert, suite } from '../../harness/index.ts';
import { mesosOffer, offerOf, REVOCABLE_TYPES, scalar, taskConfig, text } from '../builders.ts';

const test = suite('scheduling filter');
const NOW_MS = 1_000_000_000;
const OVERHEAD = { ...EMPTY_BAG, cpus: 0.25, ramMb: 128 };

const value = (name: string, negated: boolean, ...values: string[]): Constraint => ({
  name,
  constraint: { value: { negated, values } },
});
const limit = (name: string, most: number): Constraint => ({ name, constraint: { limit: { limit: most } } });

function judge(
  constraints: Constraint[],
  change: Partial<Offer> = {},
  hosts: Record<string, string[]>[] = [],
) {
  const request = taskRequest(taskConfig({ constraints }), OVERHEAD, false);
  const counts = attributeCounts(
    () => hosts.map((host) => new Map(Object.entries(host).map(([name, list]) => [name, new Set(list)]))),
    request.constraints.limited,
  );
  return vetoes(request, offerOf('a', change), { counts, nowMs: NOW_MS, unavailabilityThresholdMs: 360_000 });
}
const reasons = (...args: Parameters<typeof judge>) => judge(...args).map(({ reason }) => reason);

test('an offer that satisfies everything has no veto', () => {
  assert.equal(judge([]), []);
});

test('a dedicated host is for tasks that ask for it', () => {
  const dedicated = { attributes: [text('dedicated', 'web/db')] };
  assert.equal(judge([], dedicated), [
    { type: 'DEDICATED_CONSTRAINT_MISMATCH', reason: 'Host is dedicated', score: 1_000_000 },
  ]);
  assert.equal(reasons([value('dedicated', false, 'web/db')], dedicated), []);
  assert.equal(reasons([value('dedicated', false, 'web/db')]), ['Constraint not satisfied: dedicated']);
  const everybody = { attributes: [text('dedicated', '*/gpu')] };
  assert.equal(reasons([value('dedicated', false, '*/gpu')], everybody), []);
});

test('hosts that drain or are drained take nothing; scheduled maintenance does not matter', () => {
  const request = taskRequest(taskConfig(), OVERHEAD, false);
  const context = {
    counts: attributeCounts(() => [], []),
    nowMs: NOW_MS,
    unavailabilityThresholdMs: 360_000,
  };
  const of = (mode: 'NONE' | 'SCHEDULED' | 'DRAINING' | 'DRAINED') =>
    vetoes(request, hostOffer([mesosOffer('a')], mode, 0, REVOCABLE_TYPES, 1), context).map(
      ({ reason }) => reason,
    );
  assert.equal(of('NONE'), []);
  assert.equal(of('SCHEDULED'), []);
  assert.equal(of('DRAINING'), ['Host draining for maintenance']);
  assert.equal(of('DRAINED'), ['Host drained for maintenance']);
});

test('an announced maintenance window closes a host six minutes ahead', () => {
  const from = (ms: number) => ({ unavailability: { start: { nanoseconds: ms * 1e6 } } });
  assert.equal(reasons([], from(NOW_MS + 360_000)), []);
  assert.equal(reasons([], from(NOW_MS + 359_999)), ['Host draining for maintenance']);
});

test('value constraints match any value, negated ones none; a missing attribute matches nothing', () => {
  const rack = { attributes: [text('rack', 'a'), text('rack', 'b')] };
  assert.equal(reasons([value('rack', false, 'b', 'c')], rack), []);
  assert.equal(reasons([value('rack', false, 'c')], rack), ['Constraint not satisfied: rack']);
  assert.equal(reasons([value('rack', true, 'b')], rack), ['Constraint not satisfied: rack']);
  assert.equal(reasons([value('rack', true, 'c')], rack), []);
  assert.equal(reasons([value('rack', false, 'a')], { attributes: [] }), ['Constraint not satisfied: rack']);
  assert.equal(reasons([value('rack', true, 'a')], { attributes: [] }), []);
});

test('an attribute with several values satisfies any of them, and a limit holds for each', () => {
  const several = { attributes: [text('rack', 'r1'), text('rack', 'r2')] };
  assert.equal(reasons([value('rack', false, 'r2')], several), []);
  assert.equal(reasons([value('rack', true, 'r2')], several), ['Constraint not satisfied: rack']);
  assert.equal(reasons([limit('rack', 1)], several, [{ rack: ['r2'] }]), ['Limit not satisfied: rack']);
  assert.equal(reasons([limit('rack', 1)], several, [{ rack: ['r3'] }]), []);
});

test('scalar attributes are matched as Java prints them', () => {
  const attributes = [
    { name: 'size', type: 'SCALAR' as const, scalar: { value: 32 } },
    { name: 'speed', type: 'SCALAR' as const, scalar: { value: 1.5 } },
  ];
  assert.equal(reasons([value('size', false, '32.0'), value('speed', false, '1.5')], { attributes }), []);
});

test('a limit counts the tasks of the job by attribute value; a host without the attribute is no place', () => {
  const rack = { attributes: [text('rack', 'a')] };
  assert.equal(reasons([limit('rack', 2)], rack, [{ rack: ['a'] }, { rack: ['b'] }]), []);
  const full = judge([limit('rack', 2)], rack, [{ rack: ['a'] }, { rack: ['a'] }]);
  assert.equal(full, [{ type: 'LIMIT_NOT_SATISFIED', reason: 'Limit not satisfied: rack', score: 10_000 }]);
  assert.not(full.some(isStatic));
  assert.equal(reasons([limit('rack', 2)], { attributes: [] }), ['Constraint not satisfied: rack']);
});

test('values are judged before limits, whatever their order, and only the first is named', () => {
  const rack = { attributes: [text('rack', 'a')] };
  assert.equal(reasons([limit('rack', 0), value('zone', false, 'x'), value('rack', false, 'z')], rack), [
    'Constraint not satisfied: zone',
  ]);
});

test('all lacking resources are named, scored by the shortfall; the executor counts', () => {
  const short = judge([], { resources: [scalar('cpus', 1), scalar('mem', 128)] });
  assert.equal(
    short.map(({ reason, score }) => [reason, score]),
    [
      ['Insufficient: CPU', Math.floor((1000 * 0.25) / 16)],
      ['Insufficient: RAM', Math.floor((1000 * 128) / (24 * 1024))],
      ['Insufficient: disk', Math.floor((1000 * 64) / (450 * 1024))],
    ],
  );
  assert.ok(short.every(isStatic));
});

test('a shortfall beyond the range scores a thousand', () => {
  const request = taskRequest(taskConfig({ resources: [{ numCpus: 99 }] }), EMPTY_BAG, false);
  const context = { counts: attributeCounts(() => [], []), nowMs: NOW_MS, unavailabilityThresholdMs: 0 };
  assert.is(vetoes(request, offerOf('a'), context)[0]?.score, 1000);
});

test('an executor takes only types that its task uses', () => {
  const request = taskRequest(taskConfig({ resources: [{ numCpus: 1 }] }), { ...OVERHEAD, diskMb: 5 }, false);
  assert.is(request.total.cpus, 1.25);
  assert.is(request.total.ramMb, 0);
  assert.is(request.total.diskMb, 0);
});

test.run();
