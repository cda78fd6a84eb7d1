import { fail, misfit } from '../checks.ts';
import { parseExactJson } from '../exact-json.ts';
import {
  assertShallow,
  assertSize,
  descendJson,
  distinct,
  isObject,
  type JsonWalk,
  jsonBytes,
  jsonDouble,
  jsonI32,
  jsonI64,
  jsonText,
  jsonWalk,
} from '../json-values.ts';
import type { Limits } from '../limits.ts';
import { putKey, unionWithOne } from '../members.ts';
import {
  type ListShape,
  type MapShape,
  type Shape,
  type StructShape,
  typeShape,
  type UnionShape,
} from '../shapes.ts';
import type { TypeName, Wire } from '../types.ts';
import { isTag } from '../wire-types.ts';

/**
 * Reads one struct or union from TJSON text without a message envelope. Blanks between tokens are accepted, and i64 are
 * exact. Unknown fields and fields of another type than declared are skipped. Throws a CODEC error.
 */
export function decodeTJson<N extends TypeName>(
  name: N,
  source: Uint8Array | string,
  limits?: Partial<Limits>,
): Wire<N> {
  const walk = jsonWalk(name, limits);
  assertSize(source, walk);
  return readMembers(walk, typeShape(name), parseExactJson(source)) as Wire<N>;
}

export function readMembers(
  walk: JsonWalk,
  shape: StructShape | UnionShape,
  source: unknown,
): Record<string, unknown> {
  const { trail } = walk;
  if (!isObject(source)) return fail('bad-json', `${shape.name} is not an object`, trail);
  const level = descendJson(walk);
  const members: Record<string, unknown> = {};
  for (const [id, tagged] of Object.entries(source)) {
    const field = shape.byId[fieldId(id, walk)];
    trail.steps[level] = field?.name ?? `field ${id}`;
    const [tag, value] = untagged(tagged, walk);
    if (field?.shape.wire.tag === tag) {
      const read = readValue(walk, field.shape, value);
      if (read !== undefined) members[field.name] = read;
    } else {
      assertShallow(value, walk);
    }
  }
  trail.depth = level;
  for (const { name, presence } of shape.defaults) members[name] ??= presence;
  if (shape.kind === 'union') unionWithOne(shape, members, trail);
  return members;
}

function fieldId(id: string, { trail }: JsonWalk): number {
  if (!/^-?\d{1,5}$/.test(id))
    fail('bad-json', `${JSON.stringify(id.slice(0, 40))} is not a field id`, trail);
  return Number(id);
}

/** `{"str": "x"}`: the tag of the type and the value. */
function untagged(tagged: unknown, { trail }: JsonWalk): readonly [tag: string, value: unknown] {
  const [entry, ...others] = isObject(tagged) ? Object.entries(tagged) : [];
  if (!entry || others.length > 0) return fail('bad-json', 'not one value with a type tag', trail);
  if (!isTag(entry[0])) fail('bad-type', `no type has tag ${JSON.stringify(entry[0].slice(0, 40))}`, trail);
  return entry;
}

/** Undefined for an enum number without a name. */
function readValue(walk: JsonWalk, shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'string':
      return jsonText(value, walk);
    case 'i32':
      return jsonI32(value, walk);
    case 'struct':
    case 'union':
      return readMembers(walk, shape, value);
    case 'enum':
      return shape.nameOf.get(jsonI32(value, walk));
    case 'i64':
      return jsonI64(value, walk);
    case 'bool':
      return value === 1 || value === 0 ? value === 1 : misfit(value, 'a bool (1 or 0)', walk.trail);
    case 'double':
      return jsonDouble(value, walk);
    case 'binary':
      return jsonBytes(value, walk);
    case 'map':
      return readMap(walk, shape, value);
    default:
      return readElements(walk, shape, value);
  }
}

/** Checks that a collection's count is the number of its elements. */
function assertCount(count: unknown, found: number, { limits, trail }: JsonWalk): void {
  if (typeof count === 'number' && count < 0) fail('negative-size', `${count} elements`, trail);
  if (count !== found) fail('bad-json', `${String(count)} elements announced, ${found} there`, trail);
  if (found > limits.maxElements)
    fail('size-limit', `${found} elements are more than ${limits.maxElements}`, trail);
}

/** Checks the type tag of elements, which does not matter if there are none. */
function assertTag(tag: unknown, expected: string, count: number, { trail }: JsonWalk): void {
  if (typeof tag !== 'string') fail('bad-json', 'a collection without a type tag', trail);
  if (count > 0 && tag !== expected)
    fail('bad-type', `elements have type ${tag} instead of ${expected}`, trail);
}

function readElements(walk: JsonWalk, { kind, element }: ListShape, value: unknown): unknown[] {
  const { trail } = walk;
  if (!Array.isArray(value)) return fail('bad-json', 'not a list', trail);
  const [tag, count, ...rest] = value;
  assertCount(count, rest.length, walk);
  assertTag(tag, element.wire.tag, rest.length, walk);
  const level = descendJson(walk);
  const elements = rest.map((part, index) => {
    trail.steps[level] = index;
    const read = readValue(walk, element, part);
    // Keeps an enum number without a name.
    return read === undefined ? part : read;
  });
  trail.depth = level;
  return kind === 'set' ? distinct(elements, rest) : elements;
}

function readMap(walk: JsonWalk, { value: shape }: MapShape, value: unknown): Record<string, unknown> {
  const { trail } = walk;
  const [keyTag, valueTag, count, entries] = Array.isArray(value) ? value : [];
  if (!isObject(entries)) return fail('bad-json', 'not a map', trail);
  const parts = Object.entries(entries);
  assertCount(count, parts.length, walk);
  assertTag(keyTag, 'str', parts.length, walk);
  assertTag(valueTag, shape.wire.tag, parts.length, walk);
  const map: Record<string, unknown> = {};
  const level = descendJson(walk);
  for (const [key, part] of parts) {
    trail.steps[level] = key;
    putKey(map, jsonText(key, walk), readValue(walk, shape, part));
  }
  trail.depth = level;
  return map;
}
