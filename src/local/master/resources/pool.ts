import type { Resource } from '../../../mesos/index.ts';
import { holdsRanges, merged, type NumberRange, united, withoutRanges } from './number-ranges.ts';

/**
 * What an amount consists of: name, reservations, volume, and the role it is allocated to. Amounts with equal keys add up.
 */
export interface Kind {
  readonly key: string;
  readonly name: string;
  /** Innermost reservation last; empty for unreserved resources. */
  readonly reservations: NonNullable<Resource['reservations']>;
  readonly allocatedTo: string | undefined;
  readonly disk: Resource['disk'];
  readonly revocable: boolean;
  readonly shared: boolean;
}

/** An amount of one kind. Scalars are counted in thousandths, like in Mesos, so that sums are exact. */
export type Amount =
  | { readonly kind: Kind; readonly milli: number }
  | { readonly kind: Kind; readonly ranges: readonly NumberRange[] }
  | { readonly kind: Kind; readonly items: readonly string[] };

/** Amounts of different kinds, none of them empty. Immutable, so that equal ones may be shared. */
export type Pool = readonly Amount[];

const kinds = new Map<string, Kind>();
/** Limits the cache of kinds. There are few (names times roles times volumes), unless volume ids are endless. */
const MAX_KINDS = 10_000;

const plainKinds = new Map<string, Map<string | undefined, Kind>>();

const PLAIN = { reservations: [], disk: undefined, revocable: false, shared: false };

/** The kind that is neither reserved nor special, like nearly all are; without making a key or another object. */
export function plainKind(name: string, allocatedTo: string | undefined): Kind {
  let known = plainKinds.get(name);
  if (!known) {
    if (plainKinds.size >= MAX_KINDS) plainKinds.clear();
    known = new Map();
    plainKinds.set(name, known);
  }
  let kind = known.get(allocatedTo);
  if (!kind) {
    kind = keyedKind({ name, allocatedTo, ...PLAIN });
    known.set(allocatedTo, kind);
  }
  return kind;
}

/** Returns the one object for a kind. */
export function kindOf(parts: Omit<Kind, 'key'>): Kind {
  const { allocatedTo, disk, name, reservations, revocable, shared } = parts;
  const isPlain = reservations.length === 0 && !disk && !revocable && !shared;
  return isPlain ? plainKind(name, allocatedTo) : keyedKind(parts);
}

function keyedKind(parts: Omit<Kind, 'key'>): Kind {
  const key = JSON.stringify([
    parts.name,
    parts.allocatedTo ?? null,
    parts.reservations,
    parts.disk ?? null,
    parts.revocable,
    parts.shared,
  ]);
  const known = kinds.get(key);
  if (known) return known;
  if (kinds.size >= MAX_KINDS) kinds.clear();
  const kind = { key, ...parts };
  kinds.set(key, kind);
  return kind;
}

function plus(a: Amount, b: Amount): Amount {
  if ('milli' in a && 'milli' in b) return { kind: a.kind, milli: a.milli + b.milli };
  if ('ranges' in a && 'ranges' in b) return { kind: a.kind, ranges: united(a.ranges, b.ranges) };
  if ('items' in a && 'items' in b) return { kind: a.kind, items: [...new Set([...a.items, ...b.items])] };
  return a;
}

function minus(a: Amount, b: Amount): Amount {
  if ('milli' in a && 'milli' in b) return { kind: a.kind, milli: a.milli - b.milli };
  if ('ranges' in a && 'ranges' in b) return { kind: a.kind, ranges: withoutRanges(a.ranges, b.ranges) };
  if ('items' in a && 'items' in b)
    return { kind: a.kind, items: a.items.filter((item) => !b.items.includes(item)) };
  return a;
}

const isEmpty = (amount: Amount): boolean =>
  'milli' in amount
    ? amount.milli <= 0
    : 'ranges' in amount
      ? amount.ranges.length === 0
      : amount.items.length === 0;

const holds = (whole: Amount, part: Amount): boolean => {
  if ('milli' in whole && 'milli' in part) return whole.milli >= part.milli;
  if ('ranges' in whole && 'ranges' in part) return holdsRanges(whole.ranges, part.ranges);
  if ('items' in whole && 'items' in part) return part.items.every((item) => whole.items.includes(item));
  return false;
};

const isSame = (a: Kind, b: Kind): boolean => a === b || a.key === b.key;

function find(pool: Pool, kind: Kind): Amount | undefined {
  for (const amount of pool) if (isSame(amount.kind, kind)) return amount;
  return undefined;
}

/** The sum of two pools. Amounts of kinds that `a` lacks come last, in the order of `b`. */
export function add(a: Pool, b: Pool): Pool {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const result = a.map((amount) => {
    const more = find(b, amount.kind);
    return more ? plus(amount, more) : amount;
  });
  for (const amount of b) if (!find(a, amount.kind)) result.push(amount);
  return result;
}

/** Subtracts `b` from `a`; what `a` does not have is ignored. */
export function subtract(a: Pool, b: Pool): Pool {
  if (b.length === 0) return a;
  const result: Amount[] = [];
  for (const amount of a) {
    const taken = find(b, amount.kind);
    const left = taken ? minus(amount, taken) : amount;
    if (!isEmpty(left)) result.push(left);
  }
  return result;
}

/** Whether `whole` includes all of `part`. */
export const contains = (whole: Pool, part: Pool): boolean =>
  part.every((amount) => {
    const mine = find(whole, amount.kind);
    return mine !== undefined && holds(mine, amount);
  });

/** Whether nothing is empty and no kind occurs twice. */
const isPool = (amounts: readonly Amount[]): boolean =>
  amounts.every(
    (amount, at) => !isEmpty(amount) && amounts.findIndex(({ kind }) => isSame(kind, amount.kind)) === at,
  );

function inOrder(amount: Amount): Amount {
  if (!('ranges' in amount)) return amount;
  const ranges = merged(amount.ranges);
  return ranges === amount.ranges ? amount : { kind: amount.kind, ranges };
}

/** Makes a pool from amounts that may repeat a kind or be empty. */
export function poolOf(amounts: readonly Amount[]): Pool {
  const ordered = amounts.map(inOrder);
  if (isPool(ordered)) return ordered;
  const result: Amount[] = [];
  for (const amount of ordered) {
    if (isEmpty(amount)) continue;
    const at = result.findIndex(({ kind }) => isSame(kind, amount.kind));
    if (at < 0) result.push(amount);
    else result[at] = plus(result[at] as Amount, amount);
  }
  return result;
}

const variants = new WeakMap<Kind, Map<string | undefined, Kind>>();

/** The same kind allocated to another role; cached, because every offer needs it. */
function givenTo(kind: Kind, allocatedTo: string | undefined): Kind {
  if (kind.allocatedTo === allocatedTo) return kind;
  let known = variants.get(kind);
  if (!known) {
    known = new Map();
    variants.set(kind, known);
  }
  let variant = known.get(allocatedTo);
  if (!variant) {
    const { key: _key, ...parts } = kind;
    variant = kindOf({ ...parts, allocatedTo });
    known.set(allocatedTo, variant);
  }
  return variant;
}

/** The same amounts allocated to another role (undefined: to none); amounts that become the same kind are added up. */
function reassigned(pool: Pool, allocatedTo: string | undefined): Pool {
  const result = pool.map((amount) => ({ ...amount, kind: givenTo(amount.kind, allocatedTo) }));
  return isPool(result) ? result : poolOf(result);
}

/** The same resources, allocated to a role. */
export const allocated = (pool: Pool, role: string): Pool => reassigned(pool, role);

/** The same resources, allocated to nobody, as agents have them. */
export const unallocated = (pool: Pool): Pool => reassigned(pool, undefined);

/** The role for which an amount is reserved; `*` when it is unreserved. */
export const reservedFor = (kind: Kind): string => kind.reservations.at(-1)?.role ?? '*';

/** The sum, in thousandths, of all scalars of that name; 0 when there is none. */
export function totalMilli(pool: Pool, name: string): number {
  let sum = 0;
  for (const amount of pool) if (amount.kind.name === name && 'milli' in amount) sum += amount.milli;
  return sum;
}
