import { closestName } from '../../base/closest-name.ts';
import {
  isDict,
  isList,
  isMap,
  isScalar,
  isStruct,
  type Node,
  nameOfNode,
  type Scalar,
  type StructNode,
} from '../schema/node.ts';
import { setOwn } from '../schema/own-property.ts';
import { ownName, structTable } from '../schema/struct-table.ts';
import type { ResolvedStruct, SchemaField, SchemaFieldType, SchemaStructName } from '../schema/table.ts';
import { coerce, isScalarType, type ScalarType } from '../template/coerce.ts';
import { isTemplateFault } from '../template/fault.ts';
import { interpolate } from '../template/interpolate.ts';
import { scalarText } from '../template/number-text.ts';
import { defaultNode, type Scope, structScopes, superScope } from '../template/scopes.ts';
import type { PathStep, Problem, ProblemKind } from './problem.ts';
import { removedField } from './removed-fields.ts';
import { isRuntime, neverBound } from './runtime-references.ts';

/** A struct with its templates filled in as far as possible, and all problems found on the way. */
interface Resolution<N extends SchemaStructName> {
  /** Complete and of its declared types only when there are no problems. */
  readonly value: ResolvedStruct<N>;
  readonly problems: readonly Problem[];
}

type Path = readonly PathStep[];

/** The state of the walk: `scopes` are those of a text here, innermost first. */
interface Context {
  readonly scopes: readonly Scope[];
  readonly around: readonly StructNode[];
  readonly problems: Problem[];
}

/** Fills in all templates of a struct and converts every value to its field's type. Never throws on a user's mistake. */
export function resolveStruct<N extends SchemaStructName>(name: N, node: StructNode): Resolution<N> {
  const problems: Problem[] = [];
  const value = structValue(name, node, [], { scopes: [], around: [], problems });
  const lacks = problems.some(({ kind }) => kind === 'missing-required');
  return {
    value: value as ResolvedStruct<N>,
    problems: lacks ? problems.filter((problem) => !ofDefaults.has(problem)) : problems,
  };
}

/** A text field of a struct, for listings; open references remain. Undefined when it cannot be read. */
export function previewText(node: StructNode, field: string): string | undefined {
  const given = node.fields[field] ?? structTable(node.struct)?.[field]?.default;
  if (given === undefined || !isScalar(given as Node)) return undefined;
  const scopes = [...structScopesOf(node, [], []), superScope([node])];
  try {
    return interpolate(scalarText(given as Scalar), scopes).text;
  } catch (thrown) {
    if (isTemplateFault(thrown)) return scalarText(given as Scalar);
    throw thrown;
  }
}

const report = (
  { problems }: Context,
  kind: ProblemKind,
  path: Path,
  text: string,
  next?: string,
): undefined => {
  problems.push({ kind, path, text, next });
};

/** A binding with an invalid name makes all references of its struct unreadable; it is reported once and then ignored. */
function structScopesOf(node: StructNode, path: Path, problems: Problem[]): readonly Scope[] {
  try {
    return structScopes(node);
  } catch (thrown) {
    if (!isTemplateFault(thrown)) throw thrown;
    problems.push({ kind: thrown.fault, path, text: `bind: ${thrown.text}` });
    return structScopes({ ...node, binds: [] });
  }
}

function structValue(name: string, node: StructNode, path: Path, outer: Context): Record<string, unknown> {
  const around = [node, ...outer.around];
  const scopes = [...structScopesOf(node, path, outer.problems), ...outer.scopes];
  const context = { scopes, around, problems: outer.problems };
  const table = structTable(name) ?? {};
  const value: Record<string, unknown> = {};
  for (const field of Object.keys(node.fields)) {
    if (!Object.hasOwn(table, field)) unknownField(context, name, field, path);
  }
  for (const field of Object.keys(table)) {
    const fieldValue = fieldValueOf(
      table[field] as SchemaField,
      node.fields[field],
      [...path, field],
      context,
      name,
    );
    if (fieldValue !== undefined) value[field] = fieldValue;
  }
  return value;
}

function fieldValueOf(
  field: SchemaField,
  given: Node | undefined,
  path: Path,
  context: Context,
  struct: string,
) {
  if (given !== undefined) return typedValue(field.type, given, path, context);
  if (field.presence === 'required') {
    const text = `${struct} needs ${path.at(-1)}`;
    context.problems.push({ kind: 'missing-required', path, text, late: true });
  }
  if (field.presence !== 'defaulted') return undefined;
  const constant = constantOf(field);
  return constant === undefined ? defaultValue(field, path, context) : constant;
}

/** Problems in defaults. When a missing field is reported, these are dropped, because they only follow from it. */
const ofDefaults = new WeakSet<Problem>();

function defaultValue(field: SchemaField, path: Path, context: Context): unknown {
  const problems: Problem[] = [];
  const node = defaultNode(field.type, field.default) as Node;
  const value = typedValue(field.type, node, path, { ...context, problems });
  for (const problem of problems) ofDefaults.add(problem);
  context.problems.push(...problems);
  return value;
}

const constants = new WeakMap<SchemaField, unknown>();

/** A default without templates is the same everywhere, so it is made once and frozen. */
function constantOf(field: SchemaField): unknown {
  if (!constants.has(field)) {
    const node = defaultNode(field.type, field.default) as Node;
    const problems: Problem[] = [];
    const value = typedValue(field.type, node, [], { scopes: [], around: [], problems });
    constants.set(field, problems.length > 0 ? undefined : deeplyFrozen(value));
  }
  return constants.get(field);
}

const deeplyFrozen = (value: unknown): unknown => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deeplyFrozen);
  return value;
};

function unknownField(context: Context, struct: string, field: string, path: Path): void {
  const names = Object.keys(structTable(struct) ?? {});
  const gone = removedField(struct, field);
  if (gone) {
    const text = `${struct} has no field ${field} any more`;
    return void report(context, 'unknown-field', [...path, field], text, gone);
  }
  const closest = names.includes(ownName(field)) ? ownName(field) : closestName(field, names);
  const next = closest ? `did you mean ${closest}?` : `${struct} has ${names.join(', ')}`;
  report(context, 'unknown-field', [...path, field], `${struct} has no field ${field}`, next);
}

function typedValue(type: SchemaFieldType, node: Node, path: Path, context: Context): unknown {
  switch (type.kind) {
    case 'struct':
      return isStruct(node) && node.struct === type.name
        ? structValue(type.name, node, path, context)
        : wrong(context, path, `a ${type.name}`, node);
    case 'choice':
      return isStruct(node) && type.names.includes(node.struct)
        ? { struct: node.struct, value: structValue(node.struct, node, path, context) }
        : wrong(context, path, `a ${type.names.join(', ')}`, node);
    case 'list':
      return isList(node)
        ? node.map((item, index) => typedValue(type.of, item, [...path, index], context))
        : wrong(context, path, 'a list', node);
    case 'map':
      return mapValue(type.of, node, path, context);
    default:
      return scalarValue(type, node, path, context);
  }
}

const wrong = (context: Context, path: Path, wanted: string, node: Node): undefined =>
  report(context, 'bad-type', path, `must be ${wanted}, not ${nameOfNode(node)}`);

function mapValue(of: SchemaFieldType, node: Node, path: Path, context: Context): unknown {
  const entries = isDict(node) ? Object.entries(node.entries) : isMap(node) ? [...node] : undefined;
  if (!entries) return wrong(context, path, 'an object', node);
  const value: Record<string, unknown> = {};
  for (const [name, item] of entries) {
    const at = [...path, String(name)];
    const key = scalarValue({ kind: 'text' }, String(name), at, context);
    const entry = typedValue(of, item, at, context);
    if (key === undefined || entry === undefined) continue;
    setOwn(value, String(key), entry);
  }
  return value;
}

function scalarValue(type: ScalarType, node: Node, path: Path, context: Context): unknown {
  if (!isScalar(node)) return wrong(context, path, isScalarType(type) ? wantedBy(type) : 'a value', node);
  const settled = typeof node === 'string' ? settledText(node, type, path, context) : node;
  if (settled === undefined) return undefined;
  const coerced = coerce(type, settled);
  if ('wanted' in coerced) {
    const kind = type.kind === 'enum' ? 'bad-value' : 'bad-type';
    const from = Object.is(settled, node) ? '' : `, made from ${JSON.stringify(node)}`;
    return report(context, kind, path, `must be ${coerced.wanted}, got ${shown(settled)}${from}`);
  }
  if (typeof coerced.value === 'bigint' || (type.kind === 'float' && !Number.isFinite(coerced.value))) {
    return report(context, 'bad-value', path, `${shown(settled)} is too large`);
  }
  return coerced.value;
}

const WANTED = { text: 'text', int: 'a whole number', float: 'a number', bool: 'true or false' } as const;
const wantedBy = (type: ScalarType): string =>
  type.kind === 'enum' ? `one of ${type.words.join(', ')}` : WANTED[type.kind];
const shown = (value: Scalar): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : typeof value === 'object'
      ? String(value.value)
      : String(value);

/** Fills in a text; if anything remains that will never be known, reports it and returns undefined. */
function settledText(text: string, type: ScalarType, path: Path, context: Context): string | undefined {
  if (!text.includes('{{')) return text;
  try {
    const scopes = [...context.scopes, superScope(context.around)];
    const { text: settled, unbound, escaped } = interpolate(text, scopes);
    const open =
      type.kind === 'text'
        ? [...unbound.filter((name) => !isRuntime(name)), ...neverBound(settled)]
        : unbound;
    if (open.length === 0) return settled;
    for (const name of new Set(open)) {
      if (!unbound.includes(name) && escaped.includes(name)) escapeLeft(name, path, context);
      else unboundVariable(name, type, path, context);
    }
    return undefined;
  } catch (thrown) {
    if (!isTemplateFault(thrown)) throw thrown;
    return report(context, thrown.fault, path, thrown.text);
  }
}

/** Reports an escaped reference: it is not filled in here, and the executor takes it for one of its own. */
function escapeLeft(variable: string, path: Path, { problems }: Context): void {
  const text = `{{&${variable}}} leaves {{${variable}}} in the text; nothing fills it in, and the executor refuses it`;
  const next = `write {{${variable}}} to have it filled in; double braces for a program are put together by the shell, as in '{''{${variable}}'`;
  problems.push({ kind: 'unbound-variable', path, text, next, late: true });
}

function unboundVariable(variable: string, type: ScalarType, path: Path, { problems }: Context): void {
  const kind = 'unbound-variable';
  if (isRuntime(variable)) {
    const text = `must be ${wantedBy(type)}, and {{${variable}}} is only known when the task runs`;
    problems.push({ kind, path, text, variable });
    return;
  }
  const text = `{{${variable}}} is bound to nothing`;
  const next = /^(mesos|thermos)\./.test(variable)
    ? 'at run time there are mesos.instance, mesos.hostname, thermos.task_id and thermos.ports[NAME]'
    : `bind it in the file, or pass --bind ${variable}=VALUE`;
  problems.push({ kind, path, text, next, variable, late: type.kind === 'text' || undefined });
}
