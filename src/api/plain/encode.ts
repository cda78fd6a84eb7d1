import {
  asBool,
  asBytes,
  asDouble,
  asElements,
  asI32,
  asI64,
  asNumber,
  asObject,
  asText,
  onlyMember,
} from '../checks.ts';
import { base64Of, doubleText } from '../json-values.ts';
import { type Shape, type StructShape, typeShape, type UnionShape } from '../shapes.ts';
import { type Trail, trailFrom } from '../trail.ts';
import type { TypeName, Wire } from '../types.ts';

/** Characters that a page could take for markup; in JSON they only occur inside strings. */
const MARKUP = /[<>&='`]/g;

/**
 * Writes one struct or union as the plain JSON of /apibeta: members and enums by name; unset primitives are 0 or false,
 * anything else unset is omitted. A reply is `encodePlain('Response', response)`. Throws a CODEC error when a value
 * does not fit its type.
 */
export const encodePlain = <N extends TypeName>(name: N, value: Wire<N>): string =>
  membersText(typeShape(name), value, trailFrom(name)).replace(
    MARKUP,
    (mark) => `\\u00${mark.charCodeAt(0).toString(16)}`,
  );

function membersText(shape: StructShape | UnionShape, value: unknown, trail: Trail): string {
  const members = asObject(value, trail);
  const fields = shape.kind === 'union' ? [onlyMember(shape, members, trail)] : shape.fields;
  const level = trail.depth++;
  let text = '';
  for (const field of fields) {
    const member = members[field.name] ?? unset(field.shape);
    if (member === undefined) continue;
    trail.steps[level] = field.name;
    text += `${text && ','}"${field.name}":${valueText(field.shape, member, trail)}`;
  }
  trail.depth = level;
  return `{${text}}`;
}

/** The value of an unset primitive. */
function unset({ kind }: Shape): unknown {
  if (kind === 'bool') return false;
  return kind === 'i32' || kind === 'i64' || kind === 'double' ? 0 : undefined;
}

/** Writes whole numbers with a fraction, so that typed readers see a double. */
const plainDouble = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 1e21 ? `${doubleText(value)}.0` : doubleText(value);

function valueText(shape: Shape, value: unknown, trail: Trail): string {
  switch (shape.kind) {
    case 'string':
      return JSON.stringify(asText(value, trail));
    case 'i32':
      return String(asI32(value, trail));
    case 'struct':
    case 'union':
      return membersText(shape, value, trail);
    case 'enum':
      asNumber(value, shape, trail);
      return `"${value as string}"`;
    case 'i64':
      return String(asI64(value, trail));
    case 'bool':
      return String(asBool(value, trail));
    case 'double':
      return plainDouble(asDouble(value, trail));
    case 'binary':
      return `"${base64Of(asBytes(value, trail))}"`;
    case 'map': {
      const map = asObject(value, trail);
      const keys = Object.keys(map);
      return `{${texts(keys, (key) => `${JSON.stringify(key)}:${valueText(shape.value, map[key], trail)}`, trail)}}`;
    }
    default: {
      const elements = asElements(value, trail);
      return `[${texts(elements.keys(), (index) => valueText(shape.element, elements[index], trail), trail)}]`;
    }
  }
}

/** Joins the texts of all parts of a collection; the trail shows which one is being written. */
function texts<K extends string | number>(
  keys: Iterable<K>,
  textOf: (key: K) => string,
  trail: Trail,
): string {
  const level = trail.depth++;
  const parts: string[] = [];
  for (const key of keys) {
    trail.steps[level] = key;
    parts.push(textOf(key));
  }
  trail.depth = level;
  return parts.join(',');
}
