import { ownName } from '../../dsl/schema/struct-table.ts';
import type { SchemaField, SchemaFieldType } from '../../dsl/schema/table.ts';
import { BINDS, type Code, call, code, inside, name, quoted } from '../layout/code.ts';
import type { Expr } from '../python/syntax.ts';
import { fieldName, fieldsOfStruct } from '../types/language.ts';
import type { PythonScope } from '../types/scopes.ts';
import { isBool, isFloat, isNumber, isText, isWhole, may, parts } from '../types/value.ts';
import { conditional } from './conditions.ts';
import type { Writing } from './context.ts';
import { propertyDoc } from './keys.ts';

/** Writes the value of a field so that it suits the language's types. */
export function fieldValue(
  writing: Writing,
  struct: string,
  field: string,
  node: Expr,
  scope: PythonScope,
  copy = false,
): Code {
  const declared: SchemaField | undefined = fieldsOfStruct(struct)[field];
  if (!declared) return writing.expr(node, scope);
  if (node.t === 'name' && node.id === 'Empty' && writing.local('Empty', scope) === undefined) {
    if (declared.default !== undefined)
      writing.note(node, `Empty took the field ${field} away altogether; here it goes back to its default`);
    return name('undefined');
  }
  if (struct === 'Job' && field === 'environment') return environment(writing, node, scope);
  const value = typedValue(writing, declared.type, node, scope, copy, `${struct}Fields`, field);
  const kind = writing.kind(node);
  if (may(kind, 'none') && declared.presence === 'required' && kind.words.size > 1 && value.shape === 'name')
    return code([value.doc, '!'], BINDS.call);
  return value;
}

function typedValue(
  writing: Writing,
  type: SchemaFieldType,
  node: Expr,
  scope: PythonScope,
  copy: boolean,
  owner: string,
  field: string,
): Code {
  const kind = writing.kind(node);
  const piece = () => writing.expr(node, scope);
  switch (type.kind) {
    case 'text':
      if (node.t === 'num') return code(quoted(node.float ? pythonFloat(node.value) : String(node.value)));
      if (isWhole(kind)) return call('String', [piece()]);
      if (isFloat(kind))
        return call(writing.helper(writing.python === 2 ? 'floatText' : 'floatRepr'), [piece()]);
      if (isBool(kind)) return conditional(piece(), code("'True'"), code("'False'"));
      return piece();
    case 'bool':
      if (node.t === 'num') return name(String(node.value !== 0));
      if (node.t === 'str') {
        const word = node.value.toLowerCase();
        if (word === 'true' || word === '1') return name('true');
        if (word === 'false' || word === '0') return name('false');
      }
      if (isNumber(kind)) return call('Boolean', [piece()]);
      return cast(writing, piece(), node, kind, owner, field);
    case 'int':
    case 'float':
      if (isText(kind) && node.t !== 'str' && !node_hasReference(node)) return call('Number', [piece()]);
      if (isBool(kind)) return call('Number', [piece()]);
      return cast(writing, piece(), node, kind, owner, field);
    case 'enum':
      if (isText(kind) && node.t !== 'str' && node.t !== 'call') {
        const given = piece();
        return code([inside(given, BINDS.call), ` as ${writing.useType(owner)}['${field}']`], BINDS.compare);
      }
      return piece();
    case 'struct':
      if (copy && node.t === 'dict') return call(writing.use(type.name), [piece()]);
      return piece();
    case 'list':
      if (node.t === 'list' && type.of.kind !== 'list') return piece();
      return piece();
    default:
      return piece();
  }
}

/** Casts a text that holds a number or boolean, so that the compiler accepts it. */
function cast(
  writing: Writing,
  piece: Code,
  node: Expr,
  _kind: ReturnType<Writing['kind']>,
  owner: string,
  field: string,
): Code {
  if (node.t === 'str' && !node.value.includes('{{') && Number.isNaN(Number(node.value || 'x')))
    return code([inside(piece, BINDS.call), ` as ${writing.useType(owner)}['${field}']`], BINDS.compare);
  return piece;
}

const node_hasReference = (node: Expr): boolean =>
  (node.t === 'binary' && (node_hasReference(node.left) || node_hasReference(node.right))) ||
  (node.t === 'str' && node.value.includes('{{')) ||
  (node.t === 'call' && node.fn.t === 'attr' && node_hasReference(node.fn.object));

/** A literal floating point number as Python writes it. */
export const pythonFloat = (value: number): string =>
  Number.isInteger(value) ? `${value}.0` : String(value);

const STOCK = /^(?:prod|devel|test|staging\d*)$/;

/** An environment; one that the compiler cannot recognise as a stock name is wrapped in `environment(...)`. */
function environment(writing: Writing, node: Expr, scope: PythonScope): Code {
  const piece = writing.expr(node, scope);
  const isKnown = node.t === 'str' && (STOCK.test(node.value) || node.value.includes('{{'));
  if (isKnown || writing.kind(node).words.has('any')) return piece;
  return call(writing.use('environment'), [piece]);
}

/** The arguments of a struct's call as one object of fields. */
export function fieldsObject(
  writing: Writing,
  struct: string,
  node: Expr & { t: 'call' },
  scope: PythonScope,
  copy = false,
): {
  readonly docs: readonly import('../layout/doc.ts').Doc[];
  readonly spots: readonly { from: number; to: number }[];
  readonly names: ReadonlySet<string>;
  readonly spread: boolean;
} {
  const names = new Set<string>();
  let spread = false;
  const docs = node.args.map((arg) => {
    if (arg.name) {
      const field = fieldName(struct, arg.name);
      names.add(field);
      const known = fieldsOfStruct(struct)[field] !== undefined;
      return propertyDoc(
        known ? field : ownName(arg.name),
        fieldValue(writing, struct, field, arg.value, scope, copy),
      );
    }
    spread = true;
    const kind = writing.kind(arg.value);
    const given = writing.expr(arg.value, scope);
    if (arg.star === '*') return writing.open(arg, 'a list of arguments for a struct').doc;
    const dicts = parts(kind, 'dict');
    const named = dicts.length > 0 && !kind.words.has('any') && dicts.every((part) => part.fields);
    const own = dicts.every((part) => part.key.words.size === 0);
    if (named && own) return ['...', inside(given, BINDS.arrow)];
    return ['...', call(writing.helper('camelCase'), [given]).doc];
  });
  return { docs, spots: node.args, names, spread };
}
