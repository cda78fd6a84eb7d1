import { DEDICATED } from '../../api/rules/constraints.ts';
import type { Clock } from '../../base/clock.ts';
import type { HostOffer } from '../offers/host-offer.ts';
import type { OfferBook } from '../offers/offer-book.ts';
import type { ResourceBag } from '../offers/resource-bag.ts';
import type { Counters } from './counters.ts';

type Slot = Pick<ResourceBag, 'cpus' | 'ramMb' | 'diskMb'>;

/** Source: the original's SlotSizeCounter. */
const SIZES: readonly (readonly [name: string, slot: Slot])[] = [
  ['small', { cpus: 1, ramMb: 1024, diskMb: 4096 }],
  ['medium', { cpus: 4, ramMb: 8192, diskMb: 16_384 }],
  ['large', { cpus: 8, ramMb: 16_384, diskMb: 32_768 }],
  ['xlarge', { cpus: 16, ramMb: 32_768, diskMb: 65_536 }],
];

const GROUPS = ['', 'dedicated_', 'revocable_', 'dedicated_revocable_'] as const;

const slotsIn = (have: Slot, slot: Slot): number =>
  Math.floor(Math.min(have.cpus / slot.cpus, have.ramMb / slot.ramMb, have.diskMb / slot.diskMb));

function count(offers: readonly HostOffer[]): Map<string, number> {
  const slots = new Map<string, number>();
  const add = (name: string, by: number) => slots.set(name, (slots.get(name) ?? 0) + by);
  for (const offer of offers) {
    const dedicated = offer.attributes.has(DEDICATED) ? 'dedicated_' : '';
    const revocable = offer.pool.revocableCpus() > 0;
    for (const [name, slot] of SIZES) {
      add(`${dedicated}${name}`, slotsIn(offer.pool.available(false), slot));
      if (revocable) add(`${dedicated}revocable_${name}`, slotsIn(offer.pool.available(true), slot));
    }
  }
  return slots;
}

/** How many tasks of four sizes would fit on the offers; counted when it is read, at most once an interval. */
export function slotVars(book: OfferBook, counters: Counters, clock: Clock, intervalMs: number): void {
  let slots = new Map<string, number>();
  let freshUntilMs = Number.NEGATIVE_INFINITY;
  const fresh = () => {
    if (clock.monotonicMs() < freshUntilMs) return slots;
    freshUntilMs = clock.monotonicMs() + intervalMs;
    slots = count(book.inOrder());
    return slots;
  };
  for (const group of GROUPS)
    for (const [name] of SIZES)
      counters.gauge(`empty_slots_${group}${name}`, () => fresh().get(`${group}${name}`) ?? 0);
}
