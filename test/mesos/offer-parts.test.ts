import fc from 'fast-check';
import { encodeRecord, type Offer, recordSplitter } from '../../src/mesos/index.ts';
import { offerParts } from '../../src/mesos/offer-parts.ts';
import { offersOf } from '../../src/mesos/offer-records.ts';
import { assert, suite } from '../harness/index.ts';
import { anyOffer, recordOf } from './any-offer.ts';

const test = suite('long records of offers');

interface Cut {
  readonly offers: readonly Offer[];
  /** Records that were given as a whole. */
  readonly whole: number;
  /** How many parts gave offers before the last one. */
  readonly early: number;
}

/** Feeds a stream of one record in chunks of these sizes, all in the same memory, as a socket does. */
function readCut(record: Buffer, sizes: readonly number[]): Cut {
  const stream = encodeRecord(record);
  const splitter = recordSplitter();
  const read = offerParts();
  const memory = Buffer.alloc(Math.max(...sizes));
  const offers: Offer[] = [];
  let whole = 0;
  let early = 0;
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = stream.copy(memory, 0, at, at + (sizes[turn % sizes.length] as number));
    at += size;
    for (const part of splitter.feed(memory.subarray(0, size))) {
      const given = read(part);
      if (given.offers) {
        offers.push(...given.offers);
        if (!part.isLast) early++;
      }
      if (given.record === undefined) continue;
      whole++;
      offers.push(...(offersOf(given.record) ?? []));
    }
    memory.fill('x');
  }
  assert.is(splitter.pendingBytes(), 0);
  return { offers, whole, early };
}

const slim = (offers: readonly Offer[]) =>
  JSON.parse(JSON.stringify(offers.map(({ executor_ids: _ids, ...offer }) => offer)));
const anySizes = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 });
/** What reading it ends with, when it ends badly. */
const failureOf = (read: () => unknown): unknown => {
  try {
    read();
    return undefined;
  } catch (error) {
    return error;
  }
};

test('the offers are the same however the record is cut, and whatever its texts are', () =>
  fc.assert(
    fc.property(fc.array(anyOffer, { minLength: 1, maxLength: 12 }), anySizes, (offers, sizes) => {
      assert.equal(readCut(recordOf(offers), sizes).offers, slim(offers));
    }),
  ));

test('blanks between them, and lists of things that begin like an offer, lose none', () => {
  const inner = [{ id: 1 }, { id: { value: 2 } }];
  const offers = Array.from({ length: 30 }, (_, index) => ({ id: { value: `o${index}` }, inner }));
  const list = offers.map((offer) => JSON.stringify(offer)).join(' , ');
  const record = (members: string) => Buffer.from(`{"type":"OFFERS","offers":{"offers":[${members}]}}`);
  for (const members of [list, list.replaceAll(' , ', ','), ` ${list}`])
    for (const size of [1, 7, 64, 1_000]) assert.equal(readCut(record(members), [size]).offers, offers);
});

test('offers are given while their record still comes', () => {
  const executor_ids = Array.from({ length: 200 }, (_, index) => ({
    value: `thermos-role-prod-job-${index}`,
  }));
  const offers = Array.from({ length: 40 }, (_, index) => ({
    id: { value: `o${index}` },
    framework_id: { value: 'f' },
    agent_id: { value: `a${index}` },
    hostname: `host-${index}`,
    executor_ids,
  }));
  const read = readCut(recordOf(offers), [64 * 1024]);
  assert.equal(read.offers, slim(offers));
  assert.is(read.whole, 0);
  assert.ok(read.early >= 4, `${read.early} parts`);
});

test('a record that is broken is refused, wherever it is cut', () => {
  const offer = '{"id":{"value":"o"}}';
  const broken = [
    `[${offer},null]}}`,
    `[${offer},]}}`,
    `[${offer} ${offer}]}}`,
    `[${offer}x]}}`,
    `[${offer}}}`,
    `[${offer},[${offer},${offer}]]}}`,
    `[${offer},${offer}]`,
    `[${offer},${offer}]}} more`,
    `[,${offer},${offer}]}}`,
  ];
  for (const rest of broken)
    for (const size of [5, 20, 50, 90])
      assert.instance(
        failureOf(() => readCut(Buffer.from(`{"type":"OFFERS","offers":{"offers":${rest}`), [size])),
        SyntaxError,
        rest,
      );
});

test('records of another kind are given as they are', () => {
  for (const other of [
    '{"type":"HEARTBEAT"}',
    '{"type":"OFFERS"}',
    '{"type":"OFFERS" ,"offers":{"offers":[]}}',
  ])
    for (const size of [3, 30, 1_000]) {
      const read = offerParts();
      const splitter = recordSplitter();
      const stream = encodeRecord(Buffer.from(other));
      const records: string[] = [];
      for (let at = 0; at < stream.length; at += size)
        for (const part of splitter.feed(stream.subarray(at, at + size))) {
          const { record } = read(part);
          if (record) records.push(record.toString());
        }
      assert.equal(records, [other]);
    }
});

test.run();
