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
import { putKey } from '../members.ts';
import {
  argumentsShape,
  type ListShape,
  type Shape,
  type StructShape,
  typeShape,
  type UnionShape,
} from '../shapes.ts';
import type { CallName, TypeName, Wire, WireArgs } from '../types.ts';

/**
 * Reads one struct or union from the plain JSON of /apibeta: members and enums by name. Unknown keys are ignored, null
 * means unset, numbers may be texts. Throws a CODEC error.
 */
export function decodePlain<N extends TypeName>(
  name: N,
  source: Uint8Array | string,
  limits?: Partial<Limits>,
): Wire<N> {
  return whole(typeShape(name), source, jsonWalk(name, limits)) as Wire<N>;
}

/**
 * Reads the body of `POST /apibeta/METHOD`: an object of arguments by name; an empty body means no arguments. Unlike in
 * the original, set-typed arguments and optional numbers arrive as they were sent.
 */
export function decodePlainArgs<M extends CallName>(
  method: M,
  source: Uint8Array | string,
  limits?: Partial<Limits>,
): WireArgs<M> {
  if (source.length === 0) return {};
  return whole(argumentsShape(method), source, jsonWalk(method, limits)) as WireArgs<M>;
}

function whole(shape: StructShape | UnionShape, source: Uint8Array | string, walk: JsonWalk): object {
  assertSize(source, walk);
  return readMembers(walk, shape, parseExactJson(source));
}

function readMembers(walk: JsonWalk, shape: StructShape | UnionShape, source: unknown): object {
  const { trail } = walk;
  if (!isObject(source)) return misfit(source, `an object (${shape.name})`, trail);
  if (shape.kind === 'union') assertOneKey(shape, source, walk);
  const level = descendJson(walk);
  const members: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(source)) {
    const field = shape.byName.get(key);
    trail.steps[level] = key;
    if (!field) assertShallow(value, walk);
    if (!field || value === null) continue;
    const read = readValue(walk, field.shape, value);
    if (read !== undefined) members[key] = read;
  }
  trail.depth = level;
  for (const { name, presence } of shape.defaults) members[name] ??= presence;
  return members;
}

function assertOneKey(shape: UnionShape, source: object, { trail }: JsonWalk): void {
  const keys = Object.keys(source);
  if (keys.length === 1 && shape.byName.has(keys[0] as string)) return;
  const found = keys.length === 0 ? 'none' : keys.slice(0, 5).join(', ');
  fail('bad-union', `${shape.name} needs exactly one of its members, found ${found}`, trail);
}

/** Undefined for an unknown enum name. */
function readValue(walk: JsonWalk, shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'string':
      return jsonText(value, walk);
    case 'i32':
      return jsonI32(unquoted(value), walk);
    case 'struct':
    case 'union':
      return readMembers(walk, shape, value);
    case 'enum':
      return shape.numberOf.has(jsonText(value, walk)) ? value : undefined;
    case 'i64':
      return jsonI64(unquoted(value), walk);
    case 'bool':
      return typeof value === 'boolean' ? value : misfit(value, 'true or false', walk.trail);
    case 'double':
      return jsonDouble(unquoted(value), walk);
    case 'binary':
      return jsonBytes(value, walk);
    case 'map':
      return readMap(walk, shape.value, value);
    default:
      return readElements(walk, shape, value);
  }
}

/** Reads a number given as a text. */
function unquoted(value: unknown): unknown {
  if (typeof value !== 'string' || !/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) || !/^-?\d{1,19}$/.test(value) ? number : BigInt(value);
}

function readElements(walk: JsonWalk, { kind, element }: ListShape, value: unknown): unknown {
  const { limits, trail } = walk;
  if (!Array.isArray(value)) return misfit(value, 'a list', trail);
  if (value.length > limits.maxElements) fail('size-limit', `${value.length} elements`, trail);
  const level = descendJson(walk);
  const elements = value.map((part, index) => {
    trail.steps[level] = index;
    const read = readValue(walk, element, part);
    return read === undefined ? misfit(part, 'a known name', trail) : read;
  });
  trail.depth = level;
  return kind === 'set' ? distinct(elements, value) : elements;
}

function readMap(walk: JsonWalk, shape: Shape, value: unknown): unknown {
  const { trail } = walk;
  if (!isObject(value)) return misfit(value, 'an object', trail);
  const map: Record<string, unknown> = {};
  const level = descendJson(walk);
  for (const [key, part] of Object.entries(value)) {
    trail.steps[level] = key;
    putKey(map, jsonText(key, walk), readValue(walk, shape, part));
  }
  trail.depth = level;
  return map;
}
