import fc from 'fast-check';
import { type Offer, toJson } from '../../src/mesos/index.ts';
import { offersOf } from '../../src/mesos/offer-records.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('offers read one at a time');

const text = fc.oneof(
  fc.string(),
  fc.constantFrom('executor_ids', '"executor_ids":[', '"}]', '\\"', 'ä"]}', '\u2028{'),
);
const anyOffer = fc
  .record({
    id: text,
    hostname: text,
    executors: fc.array(text, { maxLength: 4 }),
    attribute: text,
  })
  .map(
    ({ id, hostname, executors, attribute }): Offer => ({
      id: { value: id },
      framework_id: { value: 'f' },
      agent_id: { value: 'a' },
      hostname,
      attributes: [{ name: attribute, type: 'TEXT', text: { value: attribute } }],
      ...(executors.length > 0 ? { executor_ids: executors.map((value) => ({ value })) } : {}),
    }),
  );
const without = ({ executor_ids: _ids, ...offer }: Offer) => offer;
const recordOf = (offers: readonly Offer[]) =>
  Buffer.from(toJson('SchedulerEvent', { type: 'OFFERS', offers: { offers } }));

test('finds every offer, whatever its texts are, and leaves out the ids of executors', () =>
  fc.assert(
    fc.property(fc.array(anyOffer, { minLength: 1, maxLength: 5 }), (offers) => {
      assert.equal([...(offersOf(recordOf(offers)) ?? [])], JSON.parse(JSON.stringify(offers.map(without))));
    }),
  ));

test('leaves the ids out wherever they stand', () => {
  const record = (members: string) =>
    offersOf(Buffer.from(`{"type":"OFFERS","offers":{"offers":[{${members}}]}}`)) ?? [];
  const ids = '"executor_ids":[{"value":"]}"}]';
  assert.equal([...record(ids)], [{}]);
  assert.equal([...record(`${ids},"a":1`)], [{ a: 1 }]);
  assert.equal([...record(`"a":1,${ids}`)], [{ a: 1 }]);
  assert.equal(
    [...record(`"a":{"executor_ids":[2]},${ids},"b":"${'\\\\'}"`)],
    [{ a: { executor_ids: [2] }, b: '\\' }],
  );
});

test('leaves other records to others, and refuses one that breaks off', () => {
  assert.is(offersOf(Buffer.from('{"type":"HEARTBEAT"}')), undefined);
  assert.is(offersOf(Buffer.from('{')), undefined);
  const half = Buffer.from('{"type":"OFFERS","offers":{"offers":[{"id":{"value":"o"}');
  assert.throws(
    () => [...(offersOf(half) ?? [])],
    (error: unknown) => error instanceof SyntaxError,
  );
});

test.run();
