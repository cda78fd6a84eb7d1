import type { MaintenanceMode } from '../../api/index.ts';
import type { Offer } from '../../mesos/index.ts';
import { type AttributeValues, offeredValues } from './attribute-values.ts';
import { type ResourcePool, type RevocableTypes, resourcePool } from './resource-pool.ts';

/**
 * The offers of one agent as matching sees them, with everything that a decision needs computed once. They are joined,
 * so that a task can use them together. The pool shrinks while a scheduling round places tasks; when the round ends,
 * the object is no longer used.
 */
export interface HostOffer {
  /** At least one offer; all are of the same agent. */
  readonly offers: readonly [Offer, ...Offer[]];
  /** Id of the first offer. */
  readonly id: string;
  readonly agentId: string;
  readonly hostname: string;
  readonly attributes: AttributeValues;
  readonly mode: MaintenanceMode;
  /** Start of the agent's maintenance window in Mesos, epoch milliseconds. */
  readonly unavailableFromMs: number | undefined;
  readonly pool: ResourcePool;
  /** A random number, drawn once per offer, for the RANDOM order. */
  readonly lot: number;
  /** A sequence number: every new or rebuilt offer gets a greater one. */
  readonly arrival: number;
}

const NANOS_PER_MS = 1e6;

function unavailableFromMs(offers: readonly Offer[]): number | undefined {
  let from: number | undefined;
  for (const { unavailability } of offers) {
    const startMs = unavailability && unavailability.start.nanoseconds / NANOS_PER_MS;
    if (startMs !== undefined && (from === undefined || startMs < from)) from = startMs;
  }
  return from;
}

/**
 * A class, because a large cluster has 200,000 of them. Attributes are computed on demand, as most are never asked for.
 */
class AgentOffer implements HostOffer {
  readonly offers: readonly [Offer, ...Offer[]];
  readonly id: string;
  readonly agentId: string;
  readonly hostname: string;
  readonly mode: MaintenanceMode;
  readonly unavailableFromMs: number | undefined;
  readonly pool: ResourcePool;
  readonly lot: number;
  readonly arrival: number;
  private values: AttributeValues | undefined;

  constructor(
    offers: readonly [Offer, ...Offer[]],
    mode: MaintenanceMode,
    lot: number,
    arrival: number,
    pool: ResourcePool,
  ) {
    const [first] = offers;
    this.offers = offers;
    this.id = first.id.value;
    this.agentId = first.agent_id.value;
    this.hostname = first.hostname;
    this.mode = mode;
    this.unavailableFromMs = unavailableFromMs(offers);
    this.pool = pool;
    this.lot = lot;
    this.arrival = arrival;
    this.values = undefined;
  }

  get attributes(): AttributeValues {
    this.values ??= offeredValues(this.offers[0]);
    return this.values;
  }
}

/**
 * Creates a HostOffer from the offers of one agent. `mode` is the maintenance mode stored for the host, `lot` a random
 * number, `arrival` a number that no other offer has.
 */
export function hostOffer(
  offers: readonly [Offer, ...Offer[]],
  mode: MaintenanceMode,
  lot: number,
  revocableTypes: RevocableTypes,
  arrival: number,
): HostOffer {
  const resources =
    offers.length === 1 ? (offers[0].resources ?? []) : offers.flatMap(({ resources }) => resources ?? []);
  return new AgentOffer(offers, mode, lot, arrival, resourcePool(resources, revocableTypes));
}

/** The same offer with another maintenance mode; shares the pool. */
export const inMode = ({ offers, lot, arrival, pool }: HostOffer, mode: MaintenanceMode): HostOffer =>
  new AgentOffer(offers, mode, lot, arrival, pool);
