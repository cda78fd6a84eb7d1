import { type SchemaField, STRUCTS } from './table.ts';

/** Fields of a struct by name; undefined for structs that users make up (profiles). */
export const structTable = (name: string): Readonly<Record<string, SchemaField>> | undefined =>
  Object.hasOwn(STRUCTS, name)
    ? (STRUCTS as Readonly<Record<string, Readonly<Record<string, SchemaField>>>>)[name]
    : undefined;

const wireNames = new Map<string, string>();

/** `maxTaskFailures` on the wire: `max_task_failures`. */
export function wireName(field: string): string {
  let name = wireNames.get(field);
  if (name === undefined) {
    name = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    wireNames.set(field, name);
  }
  return name;
}

const ownNames = new Map<string, string>();

/** The other way: `max_task_failures` is `maxTaskFailures` here. */
export function ownName(wire: string): string {
  let name = ownNames.get(wire);
  if (name === undefined) {
    name = wire.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    ownNames.set(wire, name);
  }
  return name;
}
