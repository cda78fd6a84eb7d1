import { ownName, structTable } from '../schema/struct-table.ts';
import type { SchemaFieldType } from '../schema/table.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Renames the fields of a struct in wire form to the language's names, at every depth: `max_task_failures` becomes
 * `maxTaskFailures`. Keys of maps, and fields that the language does not know, are not renamed.
 */
export function ownForm(struct: string, value: Json): Json {
  const table = structTable(struct);
  return Object.fromEntries(
    Object.entries(value).map(([wire, item]) => {
      const name = ownName(wire);
      const type = table && Object.hasOwn(table, name) ? table[name]?.type : undefined;
      return type ? [name, ownValue(type, item)] : [wire, item];
    }),
  );
}

function ownValue(type: SchemaFieldType, value: unknown): unknown {
  if (type.kind === 'struct' && isObject(value)) return ownForm(type.name, value);
  if (type.kind === 'list' && Array.isArray(value)) return value.map((item) => ownValue(type.of, item));
  if (type.kind === 'choice' && isObject(value)) return ownForm(chosen(type.names, value), value);
  return value;
}

/** Chooses the struct that knows the most fields of the object. */
function chosen(names: readonly string[], value: Json): string {
  const known = (name: string) =>
    Object.keys(value).filter((wire) => Object.hasOwn(structTable(name) ?? {}, ownName(wire))).length;
  return names.reduce((best, name) => (known(name) > known(best) ? name : best));
}
