import type { MaintenanceMode } from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import type { HostOffer } from './host-offer.ts';

/** Compares two offers; the smaller one is tried first. */
export type OfferOrder = (a: HostOffer, b: HostOffer) => number;

const MODE_RANK: Readonly<Record<MaintenanceMode, number>> = {
  NONE: 0,
  SCHEDULED: 1,
  DRAINING: 2,
  DRAINED: 3,
};

const revocableCpus = (offer: HostOffer): number => offer.pool.revocableCpus() || Number.POSITIVE_INFINITY;
const compared = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/** The values of -offer_order: ascending amounts pack tightly. */
const ORDERS: Readonly<Record<string, OfferOrder>> = {
  CPU: (a, b) => compared(a.pool.available(false).cpus, b.pool.available(false).cpus),
  MEMORY: (a, b) => compared(a.pool.available(false).ramMb, b.pool.available(false).ramMb),
  DISK: (a, b) => compared(a.pool.available(false).diskMb, b.pool.available(false).diskMb),
  REVOCABLE_CPU: (a, b) => compared(revocableCpus(a), revocableCpus(b)),
  RANDOM: (a, b) => compared(a.lot, b.lot),
};

/** Hosts that nobody will take away come first, then those whose window is furthest. */
const byAvailability: OfferOrder = (a, b) =>
  MODE_RANK[a.mode] - MODE_RANK[b.mode] ||
  compared(b.unavailableFromMs ?? Number.POSITIVE_INFINITY, a.unavailableFromMs ?? Number.POSITIVE_INFINITY);

/**
 * The order that `names` (values of -offer_order) ask for, after maintenance; equal offers keep the order of their
 * ids, so that none is lost and a run can be repeated.
 * @throws AuroraError USAGE for an unknown name.
 */
export function offerOrder(names: readonly string[]): OfferOrder {
  const parts = names.map((name) => {
    const order = ORDERS[name];
    if (order) return order;
    throw new AuroraError('USAGE', `flag -offer_order: unknown order "${name}"`, {
      next: `use ${Object.keys(ORDERS).join(', ')}`,
    });
  });
  const all = [byAvailability, ...parts];
  return (a, b) => {
    for (const order of all) {
      const result = order(a, b);
      if (result !== 0) return result;
    }
    return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
  };
}
