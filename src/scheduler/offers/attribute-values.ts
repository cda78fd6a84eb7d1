import type { Attribute, Offer } from '../../mesos/index.ts';

/** The values of each attribute of a host, by attribute name. */
export type AttributeValues = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Prints a scalar attribute as Java does, with a fraction: 32 is "32.0". Constraints in existing jobs are written that
 * way.
 */
const printed = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/**
 * Text and scalar attributes of an offer; values under the same name are joined. Constraints cannot use ranges and
 * sets.
 */
function attributeValues(attributes: readonly Attribute[]): AttributeValues {
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

const NONE: AttributeValues = new Map();
/** By the list in the offer, which all offers of an agent share; see `knownAgents`. */
const known = new WeakMap<readonly Attribute[], AttributeValues>();

/** The values of an offer's attributes; computed when they are asked for, as most are not. */
export function offeredValues({ attributes }: Offer): AttributeValues {
  if (!attributes) return NONE;
  const before = known.get(attributes);
  if (before) return before;
  const values = attributeValues(attributes);
  known.set(attributes, values);
  return values;
}
