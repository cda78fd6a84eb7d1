import type { MaintenanceMode } from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import type { HostOffer } from './host-offer.ts';

/** What an offer is sorted by: of two, the one that is smaller at the first difference is tried first. */
export type OfferRank = readonly number[];

/** The rank of an offer as it is now. */
export type OfferOrder = (offer: HostOffer) => OfferRank;

const MODE_RANK: Readonly<Record<MaintenanceMode, number>> = {
  NONE: 0,
  SCHEDULED: 1,
  DRAINING: 2,
  DRAINED: 3,
};

type RankPart = (offer: HostOffer) => number;

/** The values of -offer_order: ascending amounts pack tightly. */
const PARTS: Readonly<Record<string, RankPart>> = {
  CPU: ({ pool }) => pool.available(false).cpus,
  MEMORY: ({ pool }) => pool.available(false).ramMb,
  DISK: ({ pool }) => pool.available(false).diskMb,
  REVOCABLE_CPU: ({ pool }) => pool.revocableCpus() || Number.POSITIVE_INFINITY,
  RANDOM: ({ lot }) => lot,
};

/** Hosts that nobody will take away come first, then those whose window is furthest. */
const AVAILABILITY: readonly RankPart[] = [
  ({ mode }) => MODE_RANK[mode],
  ({ unavailableFromMs }) => -(unavailableFromMs ?? Number.POSITIVE_INFINITY),
];

/**
 * The order that `names` (values of -offer_order) ask for, after maintenance.
 * @throws AuroraError USAGE for an unknown name.
 */
export function offerOrder(names: readonly string[]): OfferOrder {
  const asked = names.map((name) => {
    const part = PARTS[name];
    if (part) return part;
    throw new AuroraError('USAGE', `flag -offer_order: unknown order "${name}"`, {
      next: `use ${Object.keys(PARTS).join(', ')}`,
    });
  });
  const parts = [...AVAILABILITY, ...asked];
  return (offer) => parts.map((part) => part(offer));
}
