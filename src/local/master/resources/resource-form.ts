import type { Resource } from '../../../mesos/index.ts';
import { type Amount, type Kind, kindOf, type Pool, plainKind, poolOf } from './pool.ts';

type Reservations = NonNullable<Resource['reservations']>;

/** Reads a reservation in either form: `role` and `reservation`, or a stack of `reservations`. */
function reservationsOf(resource: Resource): Reservations {
  if (resource.reservations?.length) return resource.reservations;
  if (resource.role === undefined || resource.role === '*') return [];
  if (!resource.reservation) return [{ type: 'STATIC', role: resource.role }];
  return [{ type: 'DYNAMIC', role: resource.role, ...withoutTypeAndRole(resource.reservation) }];
}

const withoutTypeAndRole = ({ principal, labels }: Reservations[number]) => ({
  ...(principal === undefined ? {} : { principal }),
  ...(labels === undefined ? {} : { labels }),
});

const milliOf = (value: number): number => Math.round(value * 1000);

/** The cache of a kind's amounts is emptied when it has grown to this size. */
const MOST_SCALARS = 1_000;
const scalars = new WeakMap<Kind, Map<number, Amount>>();

/** Shares one object for equal amounts, because a million tasks have only a few different ones. */
function scalarOf(kind: Kind, milli: number): Amount {
  let known = scalars.get(kind);
  if (!known || known.size >= MOST_SCALARS) {
    known = new Map();
    scalars.set(kind, known);
  }
  const same = known.get(milli) ?? { kind, milli };
  known.set(milli, same);
  return same;
}

/** Whether a resource is neither reserved nor special. */
const isPlain = ({ role, reservation, reservations, disk, revocable, shared, provider_id }: Resource) =>
  (role === undefined || role === '*') &&
  !(reservation || reservations || disk || revocable || shared || provider_id);

function kindOfResource(resource: Resource, allocatedTo: string | undefined): Kind {
  const role = resource.allocation_info?.role ?? allocatedTo;
  if (isPlain(resource)) return plainKind(resource.name, role);
  return kindOf({
    name: resource.name,
    reservations: reservationsOf(resource).map((one) => ({
      ...(one.type === undefined ? {} : { type: one.type }),
      ...(one.role === undefined ? {} : { role: one.role }),
      ...withoutTypeAndRole(one),
    })),
    allocatedTo: role,
    disk: resource.disk,
    revocable: resource.revocable !== undefined,
    shared: resource.shared !== undefined,
  });
}

/** Reads one resource from the wire; its amount may be zero or negative. */
export function amountOf(resource: Resource, allocatedTo?: string): Amount {
  const kind = kindOfResource(resource, allocatedTo);
  if (resource.type === 'SCALAR') return scalarOf(kind, milliOf(resource.scalar?.value ?? 0));
  if (resource.type === 'RANGES') return { kind, ranges: resource.ranges?.range ?? [] };
  return { kind, items: resource.set?.item ?? [] };
}

/**
 * Reads resources from the wire, in either form of reservations.
 * @param allocatedTo role of resources that name none, because frameworks may omit `allocation_info`
 */
export const readResources = (resources: readonly Resource[] | undefined, allocatedTo?: string): Pool =>
  poolOf((resources ?? []).map((resource) => amountOf(resource, allocatedTo)));

/**
 * How resources are written: `refined` has `reservations` (for frameworks with RESERVATION_REFINEMENT, executors and
 * agents), `plain` has `role` and `reservation`.
 */
export interface ResourceForm {
  readonly reservations: 'refined' | 'plain';
  /** Whether to write `allocation_info`. */
  readonly allocation: boolean;
}

function reservationMembers(kind: Kind, form: ResourceForm) {
  const { reservations } = kind;
  if (form.reservations === 'refined') return reservations.length ? { reservations } : {};
  const last = reservations.at(-1);
  if (!last) return { role: '*' };
  const role = { role: last.role ?? '*' };
  return last.type === 'DYNAMIC' ? { ...role, reservation: withoutTypeAndRole(last) } : role;
}

function valueMembers(amount: Amount) {
  if ('milli' in amount) return { type: 'SCALAR' as const, scalar: { value: amount.milli / 1000 } };
  if ('ranges' in amount) return { type: 'RANGES' as const, ranges: { range: amount.ranges } };
  return { type: 'SET' as const, set: { item: amount.items } };
}

const writeAmount = (amount: Amount, form: ResourceForm): Resource => ({
  name: amount.kind.name,
  ...valueMembers(amount),
  ...reservationMembers(amount.kind, form),
  ...(form.allocation && amount.kind.allocatedTo !== undefined
    ? { allocation_info: { role: amount.kind.allocatedTo } }
    : {}),
  ...(amount.kind.disk ? { disk: amount.kind.disk } : {}),
  ...(amount.kind.revocable ? { revocable: {} } : {}),
  ...(amount.kind.shared ? { shared: {} } : {}),
});

/** Writes a pool as messages, in the same order. */
export const writeResources = (pool: Pool, form: ResourceForm): Resource[] =>
  pool.map((amount) => writeAmount(amount, form));

/** The form for agents and executors. */
export const refinedForm: ResourceForm = { reservations: 'refined', allocation: true };

/** Converts a framework's resource messages to the form for agents and executors; amounts stay unchanged. */
export const refineResources = (
  resources: readonly Resource[] | undefined,
  allocatedTo: string,
): Resource[] =>
  (resources ?? []).map((resource) => {
    const { name, type, scalar, ranges } = resource;
    // A fast path, since nearly all resources are plain and this runs for every task.
    if (isPlain(resource)) {
      const allocation_info = { role: resource.allocation_info?.role ?? allocatedTo };
      if (scalar) return { name, type, scalar, allocation_info };
      if (ranges) return { name, type, ranges, allocation_info };
    }
    const { role: _role, reservation: _reservation, reservations: _reservations, ...rest } = resource;
    const reservations = reservationsOf(resource);
    return {
      ...rest,
      ...(reservations.length ? { reservations } : {}),
      allocation_info: { role: resource.allocation_info?.role ?? allocatedTo },
    };
  });
