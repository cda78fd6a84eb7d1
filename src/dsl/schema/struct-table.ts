import { type SchemaField, STRUCTS } from './table.ts';

/** Fields of a struct by name; undefined for structs defined by users (profiles). */
export const structTable = (name: string): Readonly<Record<string, SchemaField>> | undefined =>
  Object.hasOwn(STRUCTS, name)
    ? (STRUCTS as Readonly<Record<string, Readonly<Record<string, SchemaField>>>>)[name]
    : undefined;

const wireNames = new Map<string, string>();

/** `maxTaskFailures` becomes `max_task_failures`, its name on the wire. */
export function wireName(field: string): string {
  let name = wireNames.get(field);
  if (name === undefined) {
    name = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    wireNames.set(field, name);
  }
  return name;
}

const ownNames = new Map<string, string>();

/** `max_task_failures` becomes `maxTaskFailures`, its name in the language. */
export function ownName(wire: string): string {
  let name = ownNames.get(wire);
  if (name === undefined) {
    name = wire.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    ownNames.set(wire, name);
  }
  return name;
}
