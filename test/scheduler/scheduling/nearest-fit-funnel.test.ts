import fc from 'fast-check';
import type { Wire } from '../../../src/api/index.ts';
import { type HostOffer, inMode } from '../../../src/scheduler/offers/host-offer.ts';
import { EMPTY_BAG } from '../../../src/scheduler/offers/resource-bag.ts';
import { attributeCounts } from '../../../src/scheduler/scheduling/constraints.ts';
import { type Funnel, funnelText, funnelWalk } from '../../../src/scheduler/scheduling/nearest-fit-funnel.ts';
import { taskRequest } from '../../../src/scheduler/scheduling/task-request.ts';
import { assert, suite } from '../../harness/index.ts';
import { offerOf, scalar, taskConfig, text } from '../builders.ts';

const test = suite('pending tasks: the funnel');

const RESOURCES = (cpus: number, mem: number) => [
  scalar('cpus', cpus),
  scalar('mem', mem),
  scalar('disk', 999),
];

function funnel(
  config: Wire<'TaskConfig'>,
  offers: readonly HostOffer[],
  knownAgents = 10,
  tasksOn: readonly (readonly [string, string])[] = [],
): Funnel {
  const hosts = tasksOn.map(([name, value]) => new Map([[name, new Set([value])]]));
  const request = taskRequest(taskConfig(config), EMPTY_BAG, false);
  const walk = funnelWalk(request, {
    counts: attributeCounts(() => hosts, request.constraints.limited),
    nowMs: 0,
    unavailabilityThresholdMs: 0,
  });
  for (const offer of offers) walk.look(offer);
  return walk.result(knownAgents);
}

const value = (name: string, values: string[], negated = false) => ({
  name,
  constraint: { value: { negated, values } },
});
const limit = (name: string, most: number) => ({ name, constraint: { limit: { limit: most } } });

test('every agent is counted once, by what ruled it out first; lacking resources are counted each', () => {
  const rack = (agent: string, name: string, resources = RESOURCES(8, 8000)) =>
    offerOf(agent, { attributes: [text('rack', name)], resources });
  const found = funnel(
    {
      constraints: [value('rack', ['r1']), limit('rack', 1)],
      resources: [{ numCpus: 4 }, { ramMb: 4000 }, { diskMb: 1 }],
    },
    [
      offerOf('dedicated', { attributes: [text('dedicated', '*/db')] }),
      rack('b', 'r2'),
      rack('c', 'r2'),
      rack('d', 'r1', RESOURCES(1, 8000)),
      rack('e', 'r1', RESOURCES(3.5, 3000)),
    ],
  );
  assert.equal(found, {
    knownAgents: 10,
    offeringAgents: 5,
    fittingAgents: 0,
    ruledOut: [
      { type: 'DEDICATED_CONSTRAINT_MISMATCH', agents: 1, reasons: { 'Host is dedicated': 1 } },
      { type: 'CONSTRAINT_MISMATCH', agents: 2, reasons: { 'Constraint not satisfied: rack': 2 } },
      {
        type: 'INSUFFICIENT_RESOURCES',
        agents: 2,
        reasons: { 'Insufficient: CPU': 2, 'Insufficient: RAM': 1 },
      },
    ],
    nearest: {
      host: 'host-e',
      agentId: 'e',
      lacks: [
        { reason: 'Insufficient: CPU', needs: '4', has: '3.5' },
        { reason: 'Insufficient: RAM', needs: '4000', has: '3000' },
      ],
    },
  });
  assert.equal(funnelText(found).split('\n'), [
    '10 agents known, 5 with an offer',
    '1 agent ruled out: Host is dedicated',
    '2 agents ruled out: Constraint not satisfied: rack',
    '2 agents ruled out: Insufficient: CPU (2), Insufficient: RAM (1)',
    'none fits',
    'nearest: host-e: Insufficient: CPU (needs 4, has 3.5), Insufficient: RAM (needs 4000, has 3000)',
  ]);
});

const nearestLacks = (config: Wire<'TaskConfig'>, offer: HostOffer, ...on: (readonly [string, string])[]) =>
  funnel(config, [offer], 1, on).nearest?.lacks;

test('the nearest agent says what it has where the task asks for something else', () => {
  const r2 = offerOf('a', { attributes: [text('rack', 'r2')] });
  assert.equal(nearestLacks({ constraints: [value('rack', ['r1', 'r3'])] }, r2), [
    { reason: 'Constraint not satisfied: rack', needs: 'r1, r3', has: 'r2' },
  ]);
  assert.equal(nearestLacks({ constraints: [value('rack', ['r2'], true)] }, r2), [
    { reason: 'Constraint not satisfied: rack', needs: 'not r2', has: 'r2' },
  ]);
  assert.equal(nearestLacks({ constraints: [limit('zone', 1)] }, r2), [
    { reason: 'Constraint not satisfied: zone', needs: 'any value', has: 'nothing' },
  ]);
  assert.equal(nearestLacks({ constraints: [limit('rack', 1)] }, r2, ['rack', 'r2']), [
    { reason: 'Limit not satisfied: rack', needs: 'less than 1', has: '1 on r2' },
  ]);
  assert.equal(nearestLacks({}, inMode(r2, 'DRAINING')), [
    { reason: 'Host draining for maintenance', needs: 'no maintenance', has: 'DRAINING' },
  ]);
});

test('an agent that fits leaves no nearest one; no offers leave nothing to say', () => {
  const fits = funnel({}, [offerOf('a'), offerOf('b', { resources: [] })], 1);
  assert.equal([fits.fittingAgents, fits.nearest, fits.knownAgents], [1, undefined, 2]);
  assert.is(funnelText(funnel({}, [], 3)), '3 agents known, 0 with an offer\nnone fits');
});

test('an agent that is kept for other tasks is not judged', () => {
  const walk = funnelWalk(taskRequest(taskConfig(), EMPTY_BAG, false), {
    counts: attributeCounts(() => [], []),
    nowMs: 0,
    unavailabilityThresholdMs: 0,
  });
  walk.look(offerOf('a'), true);
  const found = walk.result(1);
  const reasons = { 'Kept for tasks that others were preempted for': 1 };
  assert.equal(found.ruledOut, [{ type: 'RESERVED', agents: 1, reasons }]);
  assert.equal([found.fittingAgents, found.nearest], [0, undefined]);
});

test('the counts add up, whatever the offers are', () => {
  const anOffer = fc.record({
    cpus: fc.integer({ min: 0, max: 3 }),
    rack: fc.constantFrom('r1', 'r2', undefined),
    dedicated: fc.boolean(),
    mode: fc.constantFrom('NONE', 'DRAINED'),
  });
  fc.assert(
    fc.property(fc.array(anOffer), (made) => {
      const offers = made.map(({ cpus, dedicated, mode, rack }, at): HostOffer => {
        const attributes = [
          ...(rack ? [text('rack', rack)] : []),
          ...(dedicated ? [text('dedicated', 'x')] : []),
        ];
        return inMode(offerOf(String(at), { attributes, resources: RESOURCES(cpus, 999) }), mode as 'NONE');
      });
      const found = funnel({ constraints: [value('rack', ['r1'])] }, offers, 0);
      const ruledOut = found.ruledOut.reduce((sum, { agents }) => sum + agents, 0);
      assert.is(found.offeringAgents, offers.length);
      assert.is(found.fittingAgents + ruledOut, offers.length);
      assert.is(found.nearest === undefined, found.fittingAgents > 0 || offers.length === 0);
    }),
  );
});

test.run();
