import fc from 'fast-check';
import { type Offer, toJson } from '../../src/mesos/index.ts';
import { offersOf } from '../../src/mesos/offer-records.ts';
import { assert, suite } from '../harness/index.ts';
import { anyOffer, recordOf } from './any-offer.ts';

const test = suite('offers read one at a time');

const without = ({ executor_ids: _ids, ...offer }: Offer) => offer;

test('finds every offer, whatever its texts are, and leaves out the ids of executors', () =>
  fc.assert(
    fc.property(fc.array(anyOffer, { minLength: 1, maxLength: 5 }), (offers) => {
      assert.equal([...(offersOf(recordOf(offers)) ?? [])], JSON.parse(JSON.stringify(offers.map(without))));
    }),
  ));

test('a record is read the same, whatever its length', () =>
  fc.assert(
    fc.property(fc.array(anyOffer, { minLength: 1, maxLength: 3 }), (offers) => {
      const filler = { ...without(offers[0] as Offer), hostname: 'x'.repeat(70_000) };
      const long = [...(offersOf(recordOf([...offers, filler])) ?? [])];
      assert.equal(long.slice(0, -1), [...(offersOf(recordOf(offers)) ?? [])]);
      assert.is(long.length, offers.length + 1);
    }),
  ));

test('leaves the ids out wherever they stand', () => {
  const record = (members: string) =>
    offersOf(Buffer.from(`{"type":"OFFERS","offers":{"offers":[{${members}}]}}`)) ?? [];
  const ids = '"executor_ids":[{"value":"]}"}]';
  assert.equal([...record(ids)], [{}]);
  assert.equal([...record(`${ids},"a":1`)], [{ a: 1 }]);
  assert.equal([...record(`"a":1,${ids}`)], [{ a: 1 }]);
  for (const list of [
    '[]',
    '[{"value":1}]',
    '[{"value":""},{"value":"x"}]',
    '[{"value":"}]"},{"value":"x"}]',
    '[{"value":"\\"}]"},{"value":"x\\\\"}]',
    '[{"value":"x","list":["y"]}]',
    '[{"list":[{"y":"z"}]},{"value":"x"}]',
  ]) {
    assert.equal([...record(`"executor_ids":${list},"a":"b"`)], [{ a: 'b' }], list);
    assert.equal([...record(`"a":"b","executor_ids":${list}`)], [{ a: 'b' }], list);
  }
  assert.equal(
    [...record(`"a":{"executor_ids":[2]},${ids},"b":"${'\\\\'}"`)],
    [{ a: { executor_ids: [2] }, b: '\\' }],
  );
});

test('fault 6: blanks wherever JSON has them lose no offer', () =>
  fc.assert(
    fc.property(
      fc.array(anyOffer, { minLength: 1, maxLength: 4 }),
      fc.array(fc.constantFrom('', ' ', '\n', '\t\r '), { minLength: 9, maxLength: 9 }),
      (offers, blanks) => {
        const [a, b, c, d, e, f, g] = blanks;
        const list = offers.map((offer) => toJson('Offer', offer)).join(`${a},${b}`);
        const text = `{"type":"OFFERS","offers":{"offers":[${c}${list}${d}]${e}}${f}}${g}`;
        assert.equal(
          [...(offersOf(Buffer.from(text)) ?? [])],
          JSON.parse(JSON.stringify(offers.map(without))),
        );
      },
    ),
  ));

test('fault 6: blanks around the ids of executors do no harm', () => {
  const record = (members: string) =>
    offersOf(Buffer.from(`{"type":"OFFERS","offers":{"offers":[{${members}}]}}`)) ?? [];
  assert.equal([...record('"a":1 , "executor_ids":[{"value":"x"}] ')], [{ a: 1 }]);
  assert.equal([...record(' "executor_ids":[{"value":"x"}] , "a":1')], [{ a: 1 }]);
  assert.equal([...record('"a":1 , "executor_ids":[] , "b":2')], [{ a: 1, b: 2 }]);
});

test('fault 6: a record with anything else between or behind its offers is refused, not cut short', () => {
  const offer = '{"id":{"value":"o"}}';
  const refused = [
    `[${offer},null]}}`,
    `[${offer},]}}`,
    `[${offer} ${offer}]}}`,
    `[null,${offer}]}}`,
    `[${offer}x]}}`,
    `[${offer}}}`,
    `[${offer}]`,
    `[${offer}]}} more`,
    `[,${offer}]}}`,
  ];
  const long = `{"hostname":"${'x'.repeat(70_000)}"},`;
  for (const rest of refused)
    for (const record of [rest, rest.replace('[', `[${long}`)])
      assert.throws(
        () => [...(offersOf(Buffer.from(`{"type":"OFFERS","offers":{"offers":${record}`)) ?? [])],
        (error: unknown) => error instanceof SyntaxError,
        rest,
      );
  const more = Buffer.from(`{"type":"OFFERS","offers":{"offers":[${offer}],"more":[1]}}`);
  assert.is([...(offersOf(more) ?? [])].length, 1, 'fields of a later version are passed over');
  assert.equal([...(offersOf(Buffer.from('{"type":"OFFERS","offers":{"offers":[ ]}}')) ?? [])], []);
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
