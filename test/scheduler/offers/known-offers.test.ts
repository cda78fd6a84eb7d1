import { manualClock } from '../../../src/base/manual-clock.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { knownOffers } from '../../../src/scheduler/offers/known-offers.ts';
import { offerBook } from '../../../src/scheduler/offers/offer-book.ts';
import { offerOrder } from '../../../src/scheduler/offers/offer-order.ts';
import { assert, suite } from '../../harness/index.ts';
import { mesosOffer, REVOCABLE_TYPES } from '../builders.ts';

const test = suite('what agents have free, as far as we know');

test('ours first, then what went back with its age; what is old is asked for again', () => {
  const clock = manualClock();
  let asked = 0;
  const book = offerBook({
    clock,
    counters: counters(clock),
    random: { next: () => 0.5 },
    order: offerOrder(['RANDOM']),
    revocableTypes: REVOCABLE_TYPES,
    holdMs: undefined,
    holdJitterMs: 0,
    modeOf: () => 'NONE',
    decline: () => {},
  });
  const known = knownOffers(clock, book, { ask: () => void asked++ });
  const look = () =>
    known.look().map(({ givenBackMs, offer }) => `${offer.agentId} ${givenBackMs ?? 'ours'}`);
  assert.equal(look(), []);
  book.add([mesosOffer('a'), mesosOffer('b')]);
  book.giveBack(undefined);
  clock.advance(59_999);
  book.add([mesosOffer('b')]);
  assert.equal(look(), ['b ours', 'a 59999']);
  assert.is(asked, 0);
  clock.advance(1);
  assert.equal(look(), ['b ours', 'a 60000']);
  assert.is(asked, 1);
  const [, back] = known.look();
  assert.ok(back?.offer.pool, 'a forecast can place on it');
});

test.run();
