import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { offerArrival } from '../../../src/scheduler/offers/offer-arrival.ts';
import type { OfferBook } from '../../../src/scheduler/offers/offer-book.ts';
import type { StateManager } from '../../../src/scheduler/state/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { mesosOffer } from '../builders.ts';
import { memoryLog } from '../storage/memory-log.ts';
import { storageOn } from '../storage/sample.ts';

const test = suite('arrival of offers');

async function setUp() {
  const clock = manualClock();
  const counted = counters();
  const held: string[][] = [];
  const saved: string[] = [];
  const rescinded: string[] = [];
  const arrival = offerArrival({
    clock,
    log: silentLogger,
    counters: counted,
    storage: await storageOn(memoryLog()),
    state: {
      saveHostAttributes: (_tx: unknown, { host }: { host: string }) => saved.push(host) > 0,
    } as Partial<StateManager> as StateManager,
    book: {
      add: (offers) => held.push(offers.map(({ hostname }) => hostname)),
      rescind: (id) => rescinded.push(id),
    } as Partial<OfferBook> as OfferBook,
    offered: (offers) =>
      assert.equal(
        offers.map(({ hostname }) => hostname),
        held.at(-1),
      ),
  });
  return { arrival, clock, counted, held, rescinded, saved };
}
const offers = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => mesosOffer(String(from + at)));
const sizes = (held: readonly string[][]) => held.map(({ length }) => length);

test('few are taken in at once', async () => {
  const { arrival, clock, held, saved } = await setUp();
  arrival.arrived(offers(3));
  assert.equal(held, [['host-0', 'host-1', 'host-2']]);
  assert.equal(saved, ['host-0', 'host-1', 'host-2']);
  assert.is(clock.pending(), 0);
});

test('many take turns with everything else, later ones behind them', async () => {
  const { arrival, clock, held } = await setUp();
  arrival.arrived(offers(600));
  arrival.arrived(offers(10, 600));
  assert.equal(sizes(held), [250]);
  clock.advance(0);
  clock.advance(0);
  assert.equal(sizes(held), [250, 250, 110]);
  assert.equal(
    held.flat(),
    offers(610).map(({ hostname }) => hostname),
  );
  assert.is(clock.pending(), 0);
});

test('a thousand on their way are enough, until some are taken in', async () => {
  const { arrival, clock } = await setUp();
  arrival.arrived(offers(1_249));
  assert.not(arrival.isFull());
  arrival.arrived(offers(1, 1_249));
  assert.ok(arrival.isFull());
  clock.advance(0);
  assert.not(arrival.isFull());
});

test('one that is rescinded on its way never arrives', async () => {
  const { arrival, clock, counted, held, rescinded } = await setUp();
  arrival.arrived(offers(300));
  arrival.rescinded('offer-299');
  arrival.rescinded('offer-1');
  clock.advance(0);
  assert.equal(sizes(held), [250, 49]);
  assert.not(held.flat().includes('host-299'));
  assert.equal(rescinded, ['offer-1']);
  assert.is(counted.read().get('offers_rescinded'), 1);
});

test('what is on its way is void with the session', async () => {
  const { arrival, clock, held } = await setUp();
  arrival.arrived(offers(300));
  arrival.forget();
  assert.is(clock.pending(), 0);
  arrival.arrived(offers(2, 500));
  assert.equal(sizes(held), [250, 2]);
});

test.run();
