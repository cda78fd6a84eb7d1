import fc from 'fast-check';
import { TYPES, type TypeName } from '../../src/api/index.ts';
import { type Shape, type StructShape, typeShape, type UnionShape } from '../../src/api/shapes.ts';

/** Every struct and union of the tables. */
export const TYPE_NAMES = Object.keys(TYPES) as TypeName[];

const I64_MAX = 2n ** 63n - 1n;
const i64 = fc
  .oneof(fc.bigInt({ min: -I64_MAX - 1n, max: I64_MAX }), fc.integer().map(BigInt))
  .map((exact) => (Number.isSafeInteger(Number(exact)) ? Number(exact) : exact));
/** Well-formed text with what tends to go wrong: controls, quotes, U+FFFD, a byte order mark, astral characters. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    '\uFFFD',
    '\uFEFFx',
    '\u0000\u001f\u007f\u2028',
    '"\\/',
    "<&='>`",
    '🚀',
  ),
);

/** Values of a shape in memory: any field may be unset (except a union's), sets hold no element twice. */
export function valuesOf(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'bool':
      return fc.boolean();
    case 'i32':
      return fc.integer();
    case 'i64':
      return i64;
    case 'double':
      return fc.double();
    case 'string':
      return text;
    case 'binary':
      return fc.uint8Array({ maxLength: 8 });
    case 'enum':
      return fc.constantFrom(...shape.numberOf.keys());
    case 'list':
      return fc.array(valuesOf(shape.element), { maxLength: 3 });
    case 'set':
      return fc.uniqueArray(valuesOf(shape.element), { maxLength: 3, selector: identity });
    case 'map':
      return fc
        .array(fc.tuple(text, valuesOf(shape.value)), { maxLength: 3 })
        .map((entries) => Object.fromEntries(entries));
    default:
      return membersOf(shape);
  }
}

const identity = (value: unknown) =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part)) + Object.is(value, -0);

function membersOf(shape: StructShape | UnionShape): fc.Arbitrary<unknown> {
  if (shape.kind === 'union')
    return fc
      .constantFrom(...shape.fields)
      .chain(({ name, shape: member }) => valuesOf(member).map((value) => ({ [name]: value })));
  const members = Object.fromEntries(shape.fields.map(({ name, shape: member }) => [name, valuesOf(member)]));
  // A field with a default is always there after decoding.
  return fc.record(members, { requiredKeys: shape.defaults.map(({ name }) => name) });
}

/** Values of one type; made once, since building the generators costs more than running them. */
export const valuesOfType = (name: TypeName): fc.Arbitrary<object> =>
  valuesOf(typeShape(name)) as fc.Arbitrary<object>;
