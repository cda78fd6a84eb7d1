import { type Shape, shapeOf } from './shapes.ts';
import type { TypeName, Wire } from './types.ts';

/**
 * Converts a struct to the JSON that receivers of the original's outgoing calls expect: members by name, enums and booleans
 * as numbers, sets as lists. Nothing here reads this form. Source: the write-only "simple JSON" protocol of Thrift for Java.
 */
export const simpleJson = <N extends TypeName>(name: N, value: Wire<N>): unknown =>
  simple(shapeOf(name), value);

function simple(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'bool':
      return value ? 1 : 0;
    case 'i64':
      return typeof value === 'bigint' ? Number(value) : value;
    case 'enum':
      return typeof value === 'number' ? value : shape.numberOf.get(value as string);
    case 'binary':
      return Buffer.from(value as Uint8Array).toString('utf8');
    case 'set':
    case 'list':
      return (value as readonly unknown[]).map((element) => simple(shape.element, element));
    case 'map':
      return members(Object.entries(value as object).map(([key, part]) => [key, simple(shape.value, part)]));
    case 'struct':
    case 'union':
      return members(
        shape.fields.flatMap(({ name, shape: inner }) => {
          const part = (value as Readonly<Record<string, unknown>>)[name];
          return part === undefined ? [] : [[name, simple(inner, part)]];
        }),
      );
    default:
      return value;
  }
}

/** Also handles names with a special meaning for objects. */
const members = (entries: readonly (readonly [string, unknown])[]): unknown => Object.fromEntries(entries);
