import { structTable } from '../../dsl/schema/struct-table.ts';
import type { SchemaFieldType } from '../../dsl/schema/table.ts';

export type OwnFields = Readonly<Record<string, unknown>>;

const isForm = (value: unknown): value is OwnFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A struct with its name, for fields that take one of several structs. */
export interface ChosenStruct {
  readonly struct: string;
  readonly fields: OwnFields;
}

/** Which of several structs an object is: the first that knows all its fields and whose own fields are complete. */
function chosenStruct(names: readonly string[], value: OwnFields): string {
  const fits = (name: string) => {
    const table = structTable(name) ?? {};
    const knows = ([key, item]: readonly [string, unknown]) =>
      Object.hasOwn(table, key) && (table[key]?.type.kind === 'text') === (typeof item === 'string');
    const isComplete = Object.entries(table).every(
      ([key, { presence }]) => presence !== 'required' || value[key] !== undefined,
    );
    return isComplete && Object.entries(value).every(knows);
  };
  return names.find(fits) ?? (names[0] as string);
}

/**
 * Keeps only what people would have written: at any depth, fields that equal the language's defaults are left out.
 * Where a field takes one of several structs, the struct becomes a ChosenStruct.
 */
export function withoutDefaults(struct: string, value: OwnFields): OwnFields {
  const table = structTable(struct) ?? {};
  const kept: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const field = Object.hasOwn(table, name) ? table[name] : undefined;
    const short = field ? shortened(field.type, item) : item;
    if (field && 'default' in field && JSON.stringify(short) === JSON.stringify(field.default)) continue;
    kept[name] = short;
  }
  return kept;
}

function shortened(type: SchemaFieldType, value: unknown): unknown {
  if (type.kind === 'struct' && isForm(value)) return withoutDefaults(type.name, value);
  if (type.kind === 'choice' && isForm(value)) {
    const struct = chosenStruct(type.names, value);
    return { struct, fields: withoutDefaults(struct, value) } satisfies ChosenStruct;
  }
  if (type.kind === 'list' && Array.isArray(value)) return value.map((item) => shortened(type.of, item));
  return value;
}
