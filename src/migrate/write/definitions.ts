import { BINDS, type Code, inside } from '../layout/code.ts';
import { type Doc, group, hard, indent, line, mustBreak } from '../layout/doc.ts';
import type { Stmt } from '../python/syntax.ts';
import { isEndless, yields } from '../types/generators.ts';
import { lookup, type Name, type PythonScope } from '../types/scopes.ts';
import { typeText } from './annotations.ts';
import { declaration } from './assignments.ts';
import { body } from './blocks.ts';
import type { Writing } from './context.ts';
import { documentation, isText0 } from './docstrings.ts';
import { parameters } from './functions.ts';
import { isOutside, planOf } from './plans.ts';

export function definition(writing: Writing, stmt: Stmt & { t: 'def' }, scope: PythonScope): Doc {
  const own = lookup(scope, stmt.name) as Name;
  const local = writing.nameOf(own);
  const inner = writing.module.scopes.of.get(stmt) as PythonScope;
  const part = writing.inference.funcOf(stmt);
  if (!part) return [writing.open(stmt, 'a function that is never reached').doc, ';'];
  const params = parameters(writing, part);
  const plan = planOf(own);
  const isPlain = own.mentions.filter(({ writes }) => writes).length === 1 && !isOutside(own);
  const exported = writing.rules.isExported(own) ? 'export ' : '';
  const [only] = stmt.body;
  const code = only && isText0(only) ? stmt.body.slice(1) : stmt.body;
  const [single] = code;
  const caught = writing.caught.depth;
  writing.caught.depth = 0;
  const isGenerator = yields(stmt.body);
  if (isGenerator && isEndless(stmt.body))
    return [writing.open(stmt, 'a generator that may have no end').doc, ';'];
  let gathered: string | undefined;
  if (isGenerator) {
    gathered = 'found';
    while (writing.isTaken(gathered)) gathered += '_';
  }
  writing.yielded.push(gathered);
  try {
    const recursive = own.mentions.some(({ inner: deep, at }) => deep && at > stmt.from && at < stmt.to);
    const result = recursive ? `: ${typeText(writing, part.result)}` : '';
    if (isPlain && code.length === 1 && single?.t === 'return' && single.value && plan.declared === 'there') {
      const head = group([params, result]);
      const short = arrowBody(writing.expr(single.value, inner));
      return [documentation(stmt.body), exported, 'const ', local, ' = ', head, ' =>', short, ';'];
    }
    const written = body(writing, stmt.body, inner, stmt.to, gathered ? `return ${gathered};` : '');
    const statements: Doc = gathered
      ? [
          '{',
          indent([hard, `const ${gathered}: ${typeText(writing, part.result)} = [];`]),
          (written as readonly Doc[]).slice(1),
        ]
      : written;
    if (isPlain && (plan.declared === 'there' || scope.kind !== 'function'))
      if (plan.home === scope.block || plan.declared === 'there')
        return [
          documentation(stmt.body),
          exported,
          'function ',
          local,
          group([params, result]),
          ' ',
          statements,
        ];
    const start = declaration(writing, own, stmt.from);
    return [
      start || '',
      local,
      start ? ': any' : '',
      ' = ',
      group([params, result]),
      ' => ',
      statements,
      ';',
    ];
  } finally {
    writing.yielded.pop();
    writing.caught.depth = caught;
  }
}

/** The body after an arrow: on the same line if it is an object, list or template, or fits; otherwise on the next. */
function arrowBody(value: Code): Doc {
  const doc = value.shape === 'object' ? ['(', value.doc, ')'] : inside(value, BINDS.arrow);
  if (['object', 'array', 'template'].includes(value.shape)) return [' ', doc];
  if (value.shape === 'call' && mustBreak(doc)) return group([indent([line, doc])], true);
  return group(indent([line, doc]));
}
