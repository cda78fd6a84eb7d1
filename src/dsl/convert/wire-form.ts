import { structTable, wireName } from '../schema/struct-table.ts';
import type { ResolvedStruct, SchemaFieldType } from '../schema/table.ts';

/** A struct as JSON in the original's notation. */
export type WireForm = { readonly [key: string]: unknown };

const constants = new WeakMap<object, WireForm>();

/** Converts a resolved struct to the names of the wire; a choice becomes just the chosen struct. */
export function wireForm(struct: string, value: object): WireForm {
  // Resolved defaults are frozen and shared by all jobs, so their form is cached.
  if (!Object.isFrozen(value)) return renamed(struct, value);
  const form = constants.get(value) ?? renamed(struct, value);
  constants.set(value, form);
  return form;
}

function renamed(struct: string, value: object): WireForm {
  const fields = value as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = {};
  for (const [name, { type }] of Object.entries(structTable(struct) ?? {})) {
    if (fields[name] !== undefined) result[wireName(name)] = wireValue(type, fields[name]);
  }
  return result;
}

function wireValue(type: SchemaFieldType, value: unknown): unknown {
  switch (type.kind) {
    case 'struct':
      return wireForm(type.name, value as object);
    case 'choice': {
      const chosen = value as { readonly struct: string; readonly value: object };
      return wireForm(chosen.struct, chosen.value);
    }
    case 'list':
      return (value as readonly unknown[]).map((item) => wireValue(type.of, item));
    default:
      return value;
  }
}

/**
 * The data for the executor: the whole job without `instances` and `updateConfig`, so that changing those does not
 * change the task. Source: the original client's conversion.
 */
export function executorDataOf(job: ResolvedStruct<'Job'>): WireForm {
  const { instances: _, updateConfig: __, ...rest } = job;
  return wireForm('Job', rest);
}
