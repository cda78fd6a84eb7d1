/** Python's exceptions. */
import { call, code, object, quoted } from '../layout/code.ts';
import { type Doc, hard, indent } from '../layout/doc.ts';
import type { Stmt } from '../python/syntax.ts';
import type { PythonScope } from '../types/scopes.ts';
import { body, freshLabel } from './blocks.ts';
import type { Writing } from './context.ts';
import { imported } from './imports.ts';

const CAUGHT = new Set([
  'KeyError',
  'IndexError',
  'ValueError',
  'LookupError',
  'IOError',
  'OSError',
  'EnvironmentError',
  'TypeError',
  'AttributeError',
  'ImportError',
  'RuntimeError',
  'NameError',
  'ZeroDivisionError',
  'Exception',
  'StandardError',
]);

export function raised(writing: Writing, stmt: Stmt & { t: 'raise' }, scope: PythonScope): Doc {
  const { value } = stmt;
  if (!value) return 'throw error;';
  if (value.t === 'call' && value.fn.t === 'name') {
    const [message] = value.args;
    const made = call('new Error', message ? [writing.expr(message.value, scope)] : []);
    if (writing.caught.depth > 0 || value.fn.id.endsWith('Error'))
      if (CAUGHT.has(value.fn.id) && !['Exception', 'StandardError'].includes(value.fn.id))
        return [
          'throw ',
          call('Object.assign', [made, object([{ doc: `name: '${value.fn.id}'` }])]).doc,
          ';',
        ];
    return ['throw ', made.doc, ';'];
  }
  if (value.t === 'name') return ['throw ', call('new Error', [code(quoted(value.id))]).doc, ';'];
  return ['throw ', writing.expr(value, scope).doc, ';'];
}

export function attempt(writing: Writing, stmt: Stmt & { t: 'try' }, scope: PythonScope): readonly Doc[] {
  const isImport = stmt.body.every(({ t }) => t === 'import' || t === 'from');
  if (isImport)
    return stmt.body.flatMap((one) => (one.t === 'import' || one.t === 'from' ? imported(writing, one) : []));
  const types = stmt.handlers.flatMap((handler) =>
    handler.types.map((type) => (type.t === 'name' ? type.id : '?')),
  );
  const strange = types.find((type) => !CAUGHT.has(type));
  if (strange !== undefined) return [[writing.open(stmt, `an except of ${strange}`).doc, ';']];
  if (stmt.otherwise.length > 0) return [attemptWithElse(writing, stmt, scope)];
  return [attemptAlone(writing, stmt, scope)];
}

/** Writes a `try` with an `else`. It stands behind the `try`, so that it is not covered; handlers jump over it. */
function attemptWithElse(writing: Writing, stmt: Stmt & { t: 'try' }, scope: PythonScope): Doc {
  const label = freshLabel(writing, 'attempt');
  const tried = attemptAlone(
    writing,
    { ...stmt, final: [], to: stmt.otherwise[0]?.from ?? stmt.to },
    scope,
    `break ${label};`,
  );
  const otherwise = writing.statements(stmt.otherwise, scope, stmt.final[0]?.from ?? stmt.to);
  const block: Doc = [`${label}: {`, indent([hard, tried, hard, otherwise]), hard, '}'];
  if (stmt.final.length === 0) return block;
  return ['try {', indent([hard, block]), hard, '} finally ', body(writing, stmt.final, scope, stmt.to)];
}

/** Writes a `try` without `else`; each handler ends with `leave`. */
function attemptAlone(writing: Writing, stmt: Stmt & { t: 'try' }, scope: PythonScope, leave: Doc = ''): Doc {
  writing.caught.depth++;
  const inner = body(writing, stmt.body, scope, stmt.handlers[0]?.body[0]?.from ?? stmt.to);
  writing.caught.depth--;
  const docs: Doc[] = ['try ', inner];
  if (stmt.handlers.length > 0) {
    const isAll = (handler: (typeof stmt.handlers)[number]) =>
      handler.types.length === 0 ||
      handler.types.some((type) => type.t === 'name' && ['Exception', 'StandardError'].includes(type.id));
    const [first] = stmt.handlers;
    if (stmt.handlers.length === 1 && first && isAll(first)) {
      const named = first.name ? ` (${writing.local(first.name, scope) ?? 'error'}: any)` : '';
      docs.push(` catch${named} `, body(writing, first.body, scope, stmt.to, leave));
    } else {
      const test = writing.helper('isError');
      const branches: Doc[] = stmt.handlers.flatMap((handler, index): Doc[] => {
        const ids = handler.types.map((type) => (type.t === 'name' ? quoted(type.id) : ''));
        return [
          index > 0 ? ' else ' : '',
          isAll(handler) ? '' : ['if (', test, '(error', ids.map((id) => [', ', id]), ')) '],
          body(writing, handler.body, scope, stmt.to),
        ];
      });
      const last = stmt.handlers.at(-1);
      if (last && !isAll(last)) branches.push(' else {', indent([hard, 'throw error;']), hard, '}');
      docs.push(
        ' catch (error) {',
        indent([hard, ...branches, ...(leave === '' ? [] : [hard, leave])]),
        hard,
        '}',
      );
    }
  }
  if (stmt.final.length > 0) docs.push(' finally ', body(writing, stmt.final, scope, stmt.to));
  return docs;
}
