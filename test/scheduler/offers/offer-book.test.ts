import type { MaintenanceMode } from '../../../src/api/index.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { offerBook } from '../../../src/scheduler/offers/offer-book.ts';
import { offerOrder } from '../../../src/scheduler/offers/offer-order.ts';
import { assert, suite } from '../../harness/index.ts';
import { mesosOffer, REVOCABLE_TYPES, scalar } from '../builders.ts';

const test = suite('offer book');

function setUp(change: { holdMs?: number | undefined; order?: string[] } = {}) {
  const clock = manualClock();
  const counted = counters();
  const declined: string[][] = [];
  const modes = new Map<string, MaintenanceMode>();
  let lot = 0;
  const book = offerBook({
    clock,
    counters: counted,
    // 0, 0.1, 0.2, ...: lots in order of arrival
    random: { next: () => lot++ / 10 },
    order: offerOrder(change.order ?? ['RANDOM']),
    revocableTypes: REVOCABLE_TYPES,
    holdMs: 'holdMs' in change ? change.holdMs : 300_000,
    holdJitterMs: 0,
    modeOf: (host) => modes.get(host) ?? 'NONE',
    decline: (ids) => void declined.push([...ids]),
  });
  const order = () => book.inOrder().map(({ agentId }) => agentId);
  return { book, clock, counted, declined, modes, order };
}
const cpus = (value: number) => ({ resources: [scalar('cpus', value)] });

test('an unused offer is declined after the hold time', () => {
  const { book, clock, declined, order } = setUp();
  book.add([mesosOffer('a')]);
  clock.advance(299_999);
  assert.equal(declined, []);
  clock.advance(1);
  assert.equal(declined, [['offer-a']]);
  assert.equal(order(), []);
});

test('offers that nobody waits for are given back in few calls, and leave no timer', () => {
  const { book, clock, declined } = setUp();
  book.add(Array.from({ length: 1_500 }, (_, at) => mesosOffer(`${at}`)));
  book.giveBack(undefined);
  assert.equal(
    declined.map(({ length }) => length),
    [1_000, 500],
  );
  assert.is(book.size, 0);
  assert.is(clock.pending(), 0);
});

test('what was given back is remembered until its agent offers again, has nothing left, or is gone', () => {
  const { book, clock, counted, modes } = setUp();
  const back = () => [...book.givenBack()].map(({ atMs, offer }) => `${offer.agentId} ${offer.mode} ${atMs}`);
  const startMs = clock.monotonicMs();
  book.add(['a', 'b', 'c', 'd'].map((agent) => mesosOffer(agent)));
  const launched = book.ofAgent('d');
  if (launched) book.claim(launched);
  book.rescind('offer-c');
  book.giveBack(undefined);
  assert.equal(back(), [`a NONE ${startMs}`, `b NONE ${startMs}`]);
  assert.is(counted.read().get('offers_given_back'), 2);
  modes.set([...book.givenBack()][0]?.offer.hostname ?? '', 'DRAINING');
  assert.equal(back(), [`a DRAINING ${startMs}`, `b NONE ${startMs}`]);
  clock.advance(1000);
  book.add([mesosOffer('b')]);
  assert.equal(back(), [`a DRAINING ${startMs}`]);
  // Mesos offers since then all that is free: agent a has nothing any more.
  book.giveBack(startMs + 500);
  assert.equal(back(), [`b NONE ${startMs + 1000}`]);
  book.clear();
  assert.is(back().length, 1, 'what agents have free does not go with the session');
  book.agentGone('b');
  assert.equal(back(), []);
});

test('an offer whose hold time is over is remembered too', () => {
  const { book, clock } = setUp();
  book.add([mesosOffer('a')]);
  clock.advance(300_000);
  assert.is([...book.givenBack()].length, 1);
});

test('held forever, no offer is declined and no timer is armed', () => {
  const { book, clock } = setUp({ holdMs: undefined });
  book.add([mesosOffer('a')]);
  assert.is(clock.pending(), 0);
});

test('offers of one agent are joined and expire with the older one', () => {
  const { book, clock, declined } = setUp();
  book.add([mesosOffer('a', cpus(1))]);
  clock.advance(200_000);
  book.add([mesosOffer('a', { ...cpus(2), id: { value: 'second' } })]);
  assert.is(book.size, 1);
  assert.is(book.inOrder()[0]?.pool.available(false).cpus, 3);
  clock.advance(100_000);
  assert.equal(declined, [['offer-a', 'second']]);
});

test('a rescinded offer is gone; of joined ones the other stays', () => {
  const { book, counted, order } = setUp();
  book.add([
    mesosOffer('a', cpus(1)),
    mesosOffer('a', { ...cpus(2), id: { value: 'second' } }),
    mesosOffer('b'),
  ]);
  book.rescind('offer-a');
  assert.is(
    book
      .inOrder()
      .find(({ agentId }) => agentId === 'a')
      ?.pool.available(false).cpus,
    2,
  );
  book.rescind('second');
  assert.equal(order(), ['b']);
  book.rescind('unknown');
  assert.is(counted.read().get('offers_rescinded'), 3);
  assert.is(counted.read().get('offer_cancel_failures'), 1);
});

test('a claimed offer is out of the order, and a rescind before it is settled is not lost', () => {
  const { book, clock, declined, order } = setUp();
  book.add([mesosOffer('a'), mesosOffer('b')]);
  const [a, b] = book.inOrder();
  assert.ok(a && b);
  book.claim(a);
  book.claim(b);
  assert.equal(order(), []);
  book.rescind(a.id);
  assert.equal(book.settle(a), []);
  assert.equal(book.settle(b), ['offer-b']);
  assert.equal(book.settle(b), [], 'settled once');
  clock.advance(1_000_000);
  assert.equal(declined, []);
});

test('the end of the session voids everything, claims too', () => {
  const { book, clock } = setUp();
  book.add([mesosOffer('a'), mesosOffer('b')]);
  const [a] = book.inOrder();
  assert.ok(a);
  book.claim(a);
  book.clear();
  assert.is(book.size, 0);
  assert.equal(book.settle(a), []);
  assert.is(clock.pending(), 0);
});

test('maintenance comes first in the order, then unavailability, then what the flag says', () => {
  const { book, modes, order } = setUp({ order: ['CPU', 'RANDOM'] });
  modes.set('host-scheduled', 'SCHEDULED');
  modes.set('host-draining', 'DRAINING');
  const away = (ms: number) => ({ unavailability: { start: { nanoseconds: ms * 1e6 } } });
  book.add([
    mesosOffer('draining', cpus(1)),
    mesosOffer('scheduled', cpus(1)),
    mesosOffer('soon', { ...cpus(1), ...away(1000) }),
    mesosOffer('later', { ...cpus(1), ...away(2000) }),
    mesosOffer('big', cpus(8)),
    mesosOffer('small', cpus(2)),
  ]);
  assert.equal(order(), ['small', 'big', 'later', 'soon', 'scheduled', 'draining']);
});

test('offers that are equal in every order are all kept', () => {
  const { book, order } = setUp({ order: ['CPU'] });
  book.add(['c', 'a', 'b'].map((agent) => mesosOffer(agent)));
  assert.equal(order(), ['a', 'b', 'c']);
});

test('a change of the host sorts its offers anew and lifts their bans', () => {
  const { book, modes, order } = setUp();
  book.add([mesosOffer('a'), mesosOffer('b')]);
  const before = book.inOrder().map(({ arrival }) => arrival);
  assert.equal(before, [1, 2]);
  modes.set('host-a', 'SCHEDULED');
  book.hostChanged('host-a');
  assert.equal(order(), ['b', 'a']);
  assert.equal(
    book.inOrder().map(({ arrival }) => arrival),
    [2, 3],
  );
  assert.is(book.arrivals(), 3);
});

test('revocable cpus: ascending, none at all last', () => {
  const { book, order } = setUp({ order: ['REVOCABLE_CPU'] });
  const revocable = (value: number) => ({ resources: [scalar('cpus', value, { revocable: {} })] });
  book.add([mesosOffer('none'), mesosOffer('much', revocable(9)), mesosOffer('little', revocable(1))]);
  assert.equal(order(), ['little', 'much', 'none']);
});

test('an unknown order names the flag', () => {
  assert.throws(() => offerOrder(['WEIGHT']), /flag -offer_order: unknown order "WEIGHT"; use CPU, MEMORY/);
});

test.run();
