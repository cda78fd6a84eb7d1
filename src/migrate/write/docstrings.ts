import { type Doc, hard } from '../layout/doc.ts';
import type { Stmt } from '../python/syntax.ts';
import type { PythonScope } from '../types/scopes.ts';

export const isText0 = (stmt: Stmt): boolean => stmt.t === 'expr' && stmt.value.t === 'str';

export const isDocstring = (stmt: Stmt, scope: PythonScope, list: readonly Stmt[]): boolean =>
  stmt.t === 'expr' && stmt.value.t === 'str' && (scope.kind === 'file' || list.length > 0);

export function docstring(stmt: Stmt): readonly Doc[] {
  const value = stmt.t === 'expr' && stmt.value.t === 'str' ? stmt.value.value.trim() : '';
  return value.split('\n').map((line) => (line.trim() === '' ? '//' : `// ${line.trim()}`));
}

/** The docstring of a function as a comment above it. */
export function documentation(body: readonly Stmt[]): Doc {
  const [first] = body;
  if (!first || !isText0(first)) return '';
  const lines = docstring(first).map((line) =>
    String(line)
      .replace(/^\/\/ ?/, '')
      .replaceAll('*/', '* /'),
  );
  if (lines.length === 1) return [`/** ${lines[0]} */`, hard];
  return ['/**', ...lines.flatMap((line): Doc[] => [hard, ` * ${line}`.trimEnd()]), hard, ' */', hard];
}
