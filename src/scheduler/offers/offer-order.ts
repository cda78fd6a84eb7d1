import type { MaintenanceMode } from '../../api/index.ts';
import { AuroraError } from '../../base/errors.ts';
import type { HostOffer } from './host-offer.ts';

/** The sort key of an offer. Ranks are compared part by part; the offer with the smaller rank is tried first. */
export type OfferRank = readonly number[];

/** Computes the rank of an offer in its present state. */
export type OfferOrder = (offer: HostOffer) => OfferRank;

const MODE_RANK: Readonly<Record<MaintenanceMode, number>> = {
  NONE: 0,
  SCHEDULED: 1,
  DRAINING: 2,
  DRAINED: 3,
};

type RankPart = (offer: HostOffer) => number;

/** The values of -offer_order. Amounts sort ascending, which packs tasks tightly. */
const PARTS: Readonly<Record<string, RankPart>> = {
  CPU: ({ pool }) => pool.available(false).cpus,
  MEMORY: ({ pool }) => pool.available(false).ramMb,
  DISK: ({ pool }) => pool.available(false).diskMb,
  REVOCABLE_CPU: ({ pool }) => pool.revocableCpus() || Number.POSITIVE_INFINITY,
  RANDOM: ({ lot }) => lot,
};

/** Hosts that are not in maintenance come first, then those whose maintenance window is furthest away. */
const AVAILABILITY: readonly RankPart[] = [
  ({ mode }) => MODE_RANK[mode],
  ({ unavailableFromMs }) => -(unavailableFromMs ?? Number.POSITIVE_INFINITY),
];

/**
 * The order given by `names` (values of -offer_order), applied after maintenance.
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
