import type { Doc } from '../layout/doc.ts';
import type { Stmt } from '../python/syntax.ts';
import type { Writing } from './context.ts';

const KNOWN_MODULES = new Set([
  'os',
  'os.path',
  'sys',
  'json',
  'hashlib',
  'getpass',
  'socket',
  'time',
  'datetime',
  'copy',
  'textwrap',
  'math',
  'string',
  'subprocess',
  'collections',
  'itertools',
  'functools',
  'pipes',
  'shlex',
  'platform',
  '__future__',
  'pystachio',
  're',
  'random',
  'six',
]);

export function imported(writing: Writing, stmt: Stmt & { t: 'import' | 'from' }): readonly Doc[] {
  const modules = stmt.t === 'import' ? stmt.names.map(({ name: id }) => id) : [stmt.module];
  const strange = modules.filter(
    (id) => !KNOWN_MODULES.has(id) && !id.startsWith('pystachio') && !id.startsWith('apache.'),
  );
  if (
    strange.length > 0 ||
    (stmt.t === 'from' &&
      stmt.names.some(({ name: id }) => id === '*') &&
      !/^(?:pystachio|apache)/.test(stmt.module))
  )
    return [
      [
        writing.open(
          stmt,
          `the module ${strange.join(', ') || modules[0]} is Python, and has to be moved first`,
        ).doc,
        ';',
      ],
    ];
  return [];
}
