import { wireName } from '../../dsl/schema/struct-table.ts';
import { type SchemaField, type SchemaFieldType, STRUCTS } from '../../dsl/schema/table.ts';

function* allFields(): Generator<readonly [path: string, type: SchemaFieldType]> {
  for (const [struct, fields] of Object.entries(STRUCTS))
    for (const [name, field] of Object.entries(fields as Readonly<Record<string, SchemaField>>))
      yield [`${struct}.${wireName(name)}`, field.type];
}

/** The struct that each field holds, alone or in a list; keys are like `Task.resources`. */
export const fieldStructs = (): ReadonlyMap<string, string> =>
  new Map(
    [...allFields()].flatMap(([path, type]) => {
      const inner = type.kind === 'list' ? type.of : type;
      return inner.kind === 'struct' ? [[path, inner.name] as const] : [];
    }),
  );

const WORDS = { text: 'str', enum: 'str', int: 'int', float: 'float', bool: 'bool' } as const;

/** The kind that reading each field gives; keys are like `Task.name`. */
export const fieldKinds = (): ReadonlyMap<string, string> =>
  new Map(
    [...allFields()].flatMap(([path, type]): (readonly [string, string])[] => {
      if (type.kind === 'struct') return [[path, `struct:${type.name}`]];
      return type.kind in WORDS ? [[path, WORDS[type.kind as keyof typeof WORDS]]] : [];
    }),
  );
