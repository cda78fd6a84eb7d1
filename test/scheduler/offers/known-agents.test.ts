import type { Offer } from '../../../src/mesos/index.ts';
import { offeredValues } from '../../../src/scheduler/offers/attribute-values.ts';
import { knownAgents } from '../../../src/scheduler/offers/known-agents.ts';
import { boundsOf, PackedRanges } from '../../../src/scheduler/offers/ports.ts';
import { assert, suite } from '../../harness/index.ts';
import { mesosOffer, ports, scalar } from '../builders.ts';

const test = suite('what an agent says in every offer');

/** As if it came from the master: nothing is shared with any other offer. */
const received = (offer: Offer): Offer => JSON.parse(JSON.stringify(offer)) as Offer;
const rack = (value: string) => ({
  attributes: [{ name: 'rack', type: 'TEXT' as const, text: { value } }],
});

test('is shared by all its offers, and each is the offer that came', () => {
  const agents = knownAgents();
  const first = received(mesosOffer('a', { ...rack('1'), id: { value: 'o1' } }));
  const second = received(
    mesosOffer('a', { ...rack('1'), id: { value: 'o2' }, resources: [scalar('cpus', 3)] }),
  );
  const known = [agents.know(first), agents.know(received(second))] as const;
  assert.equal(received(known[0].offer), first);
  assert.equal(received(known[1].offer), second);
  assert.is(known[1].offer.attributes, known[0].offer.attributes);
  assert.is(known[1].stored, known[0].stored);
  assert.is(offeredValues(known[1].offer), offeredValues(known[0].offer));
  assert.equal(known[0].stored, {
    host: 'host-a',
    attributes: [{ name: 'rack', values: ['1'] }],
    slaveId: first.agent_id.value,
  });
});

test('ranges take one list, and their JSON is that of the offer', () => {
  const offer = mesosOffer('a', {
    resources: [scalar('cpus', 3), ports(31_000, 31_005), ports(32_000, 32_000)],
  });
  const { resources } = knownAgents().know(received(offer)).offer;
  assert.is(JSON.stringify(resources), JSON.stringify(offer.resources));
  assert.equal(
    resources?.map(({ ranges }) => ranges && boundsOf(ranges)),
    [undefined, [31_000, 31_005], [32_000, 32_000]],
  );
  assert.ok(resources?.[1]?.ranges instanceof PackedRanges);
});

test('is what it said last: a change is taken, and another agent has its own', () => {
  const agents = knownAgents();
  const stored = (offer: Offer) => agents.know(received(offer)).stored;
  const before = stored(mesosOffer('a', rack('1')));
  const changed = stored(mesosOffer('a', rack('2')));
  assert.equal(changed.attributes, [{ name: 'rack', values: ['2'] }]);
  assert.is(stored(mesosOffer('a', rack('2'))), changed);
  assert.is.not(stored(mesosOffer('b', rack('2'))), changed);
  assert.equal(stored(mesosOffer('a', rack('1'))), before);
  const renamed = stored(mesosOffer('a', { ...rack('1'), hostname: 'other' }));
  assert.is(renamed.host, 'other');
  const { attributes: _gone, ...bare } = mesosOffer('a', { ...rack('1'), hostname: 'other' });
  assert.equal(stored(bare).attributes, []);
  agents.forget(bare.agent_id.value);
  assert.is.not(stored(bare), stored(mesosOffer('a', rack('1'))));
});

test.run();
