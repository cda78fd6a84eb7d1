import { FLOAT, type FloatNumber, REFERENCE } from '../language/text.ts';
import { type AnyValue, fieldsOf, isPlain, metaOf } from '../language/value.ts';
import type { Node } from './node.ts';
import { setOwn } from './own-property.ts';

/**
 * Returns a function that converts what a user's file made to plain data, which can be sent to another thread. Values
 * that occur more than once are converted once. Things that cannot be in a configuration are kept as such, to be
 * reported at their place.
 */
export function describer(): (value: unknown) => Node {
  const known = new Map<object, Node>();
  const open = new Set<object>();
  const describe = (value: unknown): Node => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
    if (typeof value === 'bigint') return value;
    if (typeof value !== 'object' || value === null) return odd(value);
    const before = known.get(value);
    if (before !== undefined) return before;
    if (open.has(value)) return { kind: 'odd', what: 'a value that contains itself' };
    open.add(value);
    const node = describeObject(value, describe);
    open.delete(value);
    known.set(value, node);
    return node;
  };
  return describe;
}

const odd = (value: unknown): Node => ({
  kind: 'odd',
  what: value === null ? 'null' : value === undefined ? 'undefined' : `a ${typeof value}`,
});

function describeObject(value: object, describe: (value: unknown) => Node): Node {
  if (REFERENCE in value) return String(value);
  if (FLOAT in value) return { kind: 'float', value: (value as FloatNumber)[FLOAT] };
  const meta = metaOf(value);
  if (meta) {
    const fields = described(fieldsOf(value as AnyValue), describe);
    const { struct, origins } = meta;
    return { kind: 'struct', struct, fields, binds: meta.binds.map(describe), origins };
  }
  if (Array.isArray(value)) return value.map(describe);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, describe(item)]));
  if (isPlain(value)) return { kind: 'dict', entries: described(value, describe) };
  return { kind: 'odd', what: `a ${value.constructor?.name ?? 'strange object'}` };
}

function described(
  fields: Readonly<Record<string, unknown>>,
  describe: (value: unknown) => Node,
): Record<string, Node> {
  const result: Record<string, Node> = {};
  for (const name of Object.keys(fields)) {
    if (fields[name] === undefined) continue;
    setOwn(result, name, describe(fields[name]));
  }
  return result;
}
