import type { MaintenanceMode } from '../../api/index.ts';
import type { Attribute, Offer } from '../../mesos/index.ts';
import { type ResourcePool, type RevocableTypes, resourcePool } from './resource-pool.ts';

/** Values of each attribute of a host, by name. */
export type AttributeValues = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * What one agent offers, as matching sees it: everything that a decision needs is worked out once. Offers of one agent are joined, so that a task may use them together. The pool shrinks while a round of
 * scheduling places tasks; the offer is gone when the round ends.
 */
export interface HostOffer {
  /** At least one, all of the same agent. */
  readonly offers: readonly [Offer, ...Offer[]];
  /** Id of the first one. */
  readonly id: string;
  readonly agentId: string;
  readonly hostname: string;
  readonly attributes: AttributeValues;
  readonly mode: MaintenanceMode;
  /** Start of the agent's maintenance window in Mesos, epoch milliseconds. */
  readonly unavailableFromMs: number | undefined;
  readonly pool: ResourcePool;
  /** Drawn once for each offer: the RANDOM order. */
  readonly lot: number;
  /** Its number among all that were ever held, rebuilt ones included: later ones have a greater one. */
  readonly arrival: number;
}

/** Java prints a scalar attribute with a fraction: 32 is "32.0". Constraints of existing jobs are written so. */
const printed = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** Text and scalar attributes of an offer; ranges and sets take no part in constraints. Equal names are joined. */
export function attributeValues(attributes: readonly Attribute[]): AttributeValues {
  const byName = new Map<string, Set<string>>();
  for (const { name, text, scalar } of attributes) {
    const value = text?.value ?? (scalar ? printed(scalar.value) : undefined);
    if (value === undefined) continue;
    const values = byName.get(name);
    if (values) values.add(value);
    else byName.set(name, new Set([value]));
  }
  return byName;
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

/** A class, because a large cluster holds 200,000 of them; most leave without that anybody asked for their attributes. */
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
    this.values ??= attributeValues(this.offers[0].attributes ?? []);
    return this.values;
  }
}

/**
 * Reads the offers of one agent, of which there must be one at least. `mode` is the maintenance mode stored for the
 * host; `lot` a random number; `arrival` one that no other offer has.
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

/** The same offer, its pool shared, of a host in that mode. */
export const inMode = ({ offers, lot, arrival, pool }: HostOffer, mode: MaintenanceMode): HostOffer =>
  new AgentOffer(offers, mode, lot, arrival, pool);
