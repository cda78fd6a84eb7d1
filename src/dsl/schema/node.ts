import type { Origin } from '../language/call-site.ts';

/**
 * A configuration as plain data: the output of the thread that evaluates a file, and the input of everything after it.
 * Structs, dictionaries and special values have a `kind`; lists are arrays, maps are Maps.
 */
export type Node =
  | Scalar
  | StructNode
  | DictNode
  | OddNode
  | readonly Node[]
  | ReadonlyMap<string | number, Node>;

/** Text, number or boolean. A `float` is written with a fraction even when it is whole. */
export type Scalar = string | number | bigint | boolean | FloatNode;

interface FloatNode {
  readonly kind: 'float';
  readonly value: number;
}

/** A struct of the language, or a profile; `fields` are those that were given, without defaults. */
export interface StructNode {
  readonly kind: 'struct';
  readonly struct: string;
  readonly fields: Readonly<Record<string, Node>>;
  /** One entry for each `bind` call, the latest first. */
  readonly binds: readonly Node[];
  readonly origins: readonly Origin[];
}

/** A plain object: nested names for binding, or the entries of a map field. */
export interface DictNode {
  readonly kind: 'dict';
  readonly entries: Readonly<Record<string, Node>>;
}

/** Something that cannot be in a configuration: null, a function, a date. */
interface OddNode {
  readonly kind: 'odd';
  readonly what: string;
}

const kindOf = (node: Node): string | undefined =>
  typeof node === 'object' && !Array.isArray(node) && !(node instanceof Map)
    ? (node as { kind: string }).kind
    : undefined;

export const isStruct = (node: Node | undefined): node is StructNode =>
  node !== undefined && kindOf(node) === 'struct';
export const isDict = (node: Node | undefined): node is DictNode =>
  node !== undefined && kindOf(node) === 'dict';
export const isList = (node: Node | undefined): node is readonly Node[] => Array.isArray(node);
export const isMap = (node: Node | undefined): node is ReadonlyMap<string | number, Node> =>
  node instanceof Map;
export const isScalar = (node: Node | undefined): node is Scalar =>
  node !== undefined && (typeof node !== 'object' || kindOf(node) === 'float');

/** The name of a node in errors. */
export function nameOfNode(node: Node): string {
  if (isStruct(node)) return node.struct;
  if (isList(node)) return 'a list';
  if (isMap(node)) return 'a Map';
  if (isDict(node)) return 'an object';
  if (isScalar(node)) return typeof node === 'object' ? String(node.value) : JSON.stringify(String(node));
  return (node as OddNode).what;
}
