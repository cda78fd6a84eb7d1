import fc from 'fast-check';
import { seededRandom } from '../../../src/base/random.ts';
import { type HostOffer, hostOffer } from '../../../src/scheduler/offers/host-offer.ts';
import { offerOrder } from '../../../src/scheduler/offers/offer-order.ts';
import { type SortedOffer, sortedOffers } from '../../../src/scheduler/offers/sorted-offers.ts';
import { assert, suite } from '../../harness/index.ts';
import { mesosOffer, REVOCABLE_TYPES, scalar } from '../builders.ts';

const test = suite('sorted offers');
const random = seededRandom(3);

function offerOf(number: number, cpus: number): HostOffer {
  const resources = [scalar('cpus', cpus)];
  return hostOffer([mesosOffer(`${number}`, { resources })], 'NONE', 0, REVOCABLE_TYPES, number);
}

const cpusOf = ({ pool }: HostOffer): number => pool.available(false).cpus;

/** Many of each, so that blocks fill, split and empty. */
const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('add' as const),
      cpus: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 200 }),
    }),
    fc.record({ kind: fc.constant('remove' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  ),
  { maxLength: 12 },
);

test('whatever comes and goes, offers stand in their order, each once', () => {
  fc.assert(
    fc.property(steps, fc.nat(2_000), (all, since) => {
      const sorted = sortedOffers(offerOrder(['CPU']));
      const held: SortedOffer[] = [];
      let arrivals = 0;
      for (const step of all) {
        if (step.kind === 'add')
          for (const cpus of step.cpus) {
            held.push(sorted.add(offerOf(++arrivals, cpus)));
          }
        else
          for (const one of held.filter(() => random.next() < step.share)) {
            // A round that took something out of the offer does not move it, nor lose it.
            one.offer.pool.take({ cpus: 1, ramMb: 0, diskMb: 0, ports: 0, gpus: 0, ips: 0 }, false, random);
            sorted.remove(one);
            held.splice(held.indexOf(one), 1);
          }
      }
      const present = held.map(({ offer }) => offer);
      const expected = [...present].sort((a, b) => cpusOf(a) - cpusOf(b) || (a.id < b.id ? -1 : 1));
      const numbers = (offers: readonly HostOffer[]) => offers.map(({ arrival }) => arrival);
      assert.equal(numbers(sorted.blocks().flat()), numbers(expected));
      assert.equal(
        numbers(sorted.cameSince(since)),
        numbers(expected.filter(({ arrival }) => arrival > since)),
      );
      assert.ok(sorted.blocks().every(({ length }) => length > 0));
    }),
    { numRuns: 60 },
  );
});

test('few new offers among many, and many, come in the order of all', () => {
  const sorted = sortedOffers(offerOrder(['CPU']));
  for (let number = 1; number <= 1_000; number++) sorted.add(offerOf(number, 1 + ((number * 7) % 13)));
  const all = sorted.blocks().flat();
  for (const since of [0, 500, 990, 999, 1_000])
    assert.equal(
      sorted.cameSince(since),
      all.filter(({ arrival }) => arrival > since),
    );
});

test('nothing is left after a clear', () => {
  const sorted = sortedOffers(offerOrder(['RANDOM']));
  sorted.add(offerOf(1, 1));
  sorted.clear();
  assert.equal(sorted.blocks(), []);
  assert.equal(sorted.cameSince(0), []);
  sorted.add(offerOf(2, 1));
  assert.is(sorted.blocks().flat().length, 1);
});

test.run();
