import {
  isDict,
  isList,
  isMap,
  isScalar,
  isStruct,
  type Node,
  type Scalar,
  type StructNode,
} from '../schema/node.ts';
import { ownName, structTable } from '../schema/struct-table.ts';
import type { SchemaFieldType } from '../schema/table.ts';
import { type AddressStep, afterSteps, parseAddress, type TemplateAddress } from './address.ts';
import { templateFault } from './fault.ts';

/** A source of values for addresses. */
export interface Scope {
  /** The value that the address leads to; undefined when there is none, or it is not a scalar. */
  lookup(address: TemplateAddress): Found | undefined;
}

/** A value that a reference stands for, and the scopes in which its own references are resolved first. */
export interface Found {
  readonly value: Scalar;
  /** Type of the field that the value came from, if any. */
  readonly type?: SchemaFieldType | undefined;
  readonly scopes: readonly Scope[];
}

interface ScopePlace {
  readonly node: Node;
  readonly type?: SchemaFieldType | undefined;
}

/** A field of a struct by either of its names; its default if it was not given. */
function fieldOf(struct: StructNode, name: string): ScopePlace | undefined {
  const table = structTable(struct.struct);
  if (!table) return Object.hasOwn(struct.fields, name) ? { node: struct.fields[name] as Node } : undefined;
  const own = Object.hasOwn(table, name) ? name : ownName(name);
  const field = Object.hasOwn(table, own) ? table[own] : undefined;
  if (!field) return undefined;
  const node = Object.hasOwn(struct.fields, own)
    ? struct.fields[own]
    : defaultNode(field.type, field.default);
  return node === undefined ? undefined : { node, type: field.type };
}

/** A field's default as a node. */
export function defaultNode(type: SchemaFieldType, given: unknown): Node | undefined {
  if (given === undefined) return undefined;
  if (type.kind === 'struct') {
    const fields: Record<string, Node> = {};
    for (const [name, value] of Object.entries(given as object)) {
      const field = structTable(type.name)?.[name];
      if (field) fields[name] = defaultNode(field.type, value) as Node;
    }
    return { kind: 'struct', struct: type.name, fields, binds: [], origins: [] };
  }
  if (type.kind === 'map') return { kind: 'dict', entries: given as Record<string, Node> };
  return given as Node;
}

/** Follows the remaining steps of an address into a value. */
function descend(
  place: ScopePlace,
  steps: readonly AddressStep[],
  at: number,
  scopes: readonly Scope[],
): Found | undefined {
  const { node, type } = place;
  const step = steps[at];
  if (step === undefined) return isScalar(node) ? { value: node, type, scopes } : undefined;
  if (step.kind === 'name') {
    if (isDict(node) && type?.kind !== 'map') {
      const entry = Object.hasOwn(node.entries, step.text) ? node.entries[step.text] : undefined;
      return entry === undefined ? undefined : descend({ node: entry }, steps, at + 1, scopes);
    }
    if (!isStruct(node)) return undefined;
    const field = fieldOf(node, step.text);
    return field && descend(field, steps, at + 1, [...structScopes(node), ...scopes]);
  }
  const element = elementOf(node, type, step.text);
  const elementType = type?.kind === 'list' || type?.kind === 'map' ? type.of : undefined;
  return element === undefined
    ? undefined
    : descend({ node: element, type: elementType }, steps, at + 1, scopes);
}

/**
 * An element of a list or map. Lists count from 0, and from the end with negative numbers; maps with integer keys
 * accept any spelling of the number. Map fields use brackets, too; other plain objects do not.
 */
function elementOf(node: Node, type: SchemaFieldType | undefined, key: string): Node | undefined {
  if (isList(node)) return /^-?\d+$/.test(key) ? node.at(Number(key)) : undefined;
  if (isMap(node)) return node.get(key) ?? (/^-?\d+$/.test(key) ? node.get(Number(key)) : undefined);
  if (isDict(node) && type?.kind === 'map')
    return Object.hasOwn(node.entries, key) ? node.entries[key] : undefined;
  return undefined;
}

/** A struct's own fields, also addressed as `self.field`. */
function fieldsScope(struct: StructNode): Scope {
  const scope: Scope = {
    lookup(address) {
      const [head] = address.steps;
      if (head?.kind !== 'name') return undefined;
      if (head.text === 'self' && address.steps.length > 1) return scope.lookup(afterSteps(address, 1));
      const field = fieldOf(struct, head.text);
      return field && descend(field, address.steps, 1, []);
    },
  };
  return scope;
}

/** The names that one `bind` call defines: nested objects by their dotted names, the longest name first. */
function bindScope(bindings: Node): Scope {
  const names = new Map<string, Node>();
  addNames(names, '', bindings);
  return {
    lookup(address) {
      const { prefixes, steps } = address;
      for (let length = steps.length; length > 0; length--) {
        const node = names.get(prefixes[length - 1] as string);
        const found = node === undefined ? undefined : descend({ node }, steps, length, []);
        if (found) return found;
      }
      return undefined;
    },
  };
}

function addNames(names: Map<string, Node>, before: string, node: Node): void {
  if (!isDict(node)) return;
  for (const [name, value] of Object.entries(node.entries)) {
    const address = parseAddress(before && !name.startsWith('[') ? `${before}.${name}` : `${before}${name}`);
    if (isDict(value)) addNames(names, address.text, value);
    else if (isStruct(value) || isList(value) || isMap(value) || isScalar(value))
      names.set(address.text, value);
    else throw templateFault('bad-value', `${address.text} is bound to ${value.what}`);
  }
}

/** A profile bound as a whole: its fields are the names, and can refer to each other. */
const wholeScope = (struct: StructNode): Scope => ({
  lookup: ({ steps }) => descend({ node: struct }, steps, 0, []),
});

const bindScopes = new WeakMap<StructNode, readonly Scope[]>();

/** The scopes of a struct's bindings, the latest first. */
function bindScopesOf(struct: StructNode): readonly Scope[] {
  let scopes = bindScopes.get(struct);
  if (!scopes) {
    scopes = struct.binds.map((binding) => (isStruct(binding) ? wholeScope(binding) : bindScope(binding)));
    bindScopes.set(struct, scopes);
  }
  return scopes;
}

/** The scopes of a text inside a struct before those around the struct: first its fields, then its bindings. */
export const structScopes = (struct: StructNode): readonly Scope[] => [
  fieldsScope(struct),
  ...bindScopesOf(struct),
];

/**
 * `super.X` for a text inside the innermost of `around` (ordered from the inside): what the structs around its struct
 * see. Source: the original passes on the `super` of the enclosing struct, with that struct's bindings, before it adds
 * the enclosing struct's own fields; so inside a Job a process's `super.name` is the job's name.
 */
export function superScope(around: readonly StructNode[]): Scope {
  return {
    lookup(address) {
      if (address.steps.length < 2 || address.steps[0]?.text !== 'super') return undefined;
      return inherited(around, afterSteps(address, 1));
    },
  };
}

function inherited([, parent, ...rest]: readonly StructNode[], address: TemplateAddress): Found | undefined {
  if (!parent) return undefined;
  const above = [parent, ...rest];
  const further = inherited(above, address);
  if (further) return further;
  for (const scope of [...bindScopesOf(parent), fieldsScope(parent)]) {
    const found = scope.lookup(address);
    if (found) return found;
  }
  return superScope(above).lookup(address);
}
