import { BINDS, type Code, call, code, inside, quoted } from '../layout/code.ts';
import type { Expr } from '../python/syntax.ts';
import type { PythonScope } from '../types/scopes.ts';
import { isText } from '../types/value.ts';
import type { Writing } from './context.ts';

type Call = Expr & { t: 'call' };

/** Syntax of Python's regular expressions that JavaScript lacks or understands differently. */
const STRANGE = /\(\?(?![:=!])|\\[AZGaghHQEpPR]|\\\d{3}|\[\^?\]|\$(?!$)|[*+?}]\+/;

/** Writes a call of a function of Python's `re` with a literal pattern; undefined when it cannot be written. */
export function patternCall(
  writing: Writing,
  path: string,
  node: Call,
  scope: PythonScope,
): Code | undefined {
  const [pattern, ...rest] = node.args;
  if (pattern?.value.t !== 'str' || node.args.some((arg) => arg.name || arg.star)) return undefined;
  const source = pattern.value.value;
  if (STRANGE.test(source) || source === '') return undefined;
  const values = rest.map(({ value }) => value);
  const subject = values[path === 're.sub' ? 1 : 0];
  if (!subject || !isText(writing.kind(subject))) return undefined;
  const of = inside(writing.expr(subject, scope), BINDS.call);
  // in Python, a `$` at the end also matches before a last line break
  const body = (source.endsWith('$') ? `${source.slice(0, -1)}(?=\\n?$)` : source)
    .replace(/(?<!\\)\//g, '\\/')
    .replaceAll('\n', '\\n');
  const exec = (text: string) =>
    code([`(/${text}/.exec(`, writing.expr(subject, scope).doc, ') ?? undefined)'], BINDS.whole);
  switch (path) {
    case 're.sub': {
      const [replacement] = values;
      if (values.length !== 2 || replacement?.t !== 'str') return undefined;
      if (/\\[^\d\\]|\\0/.test(replacement.value)) return undefined;
      const given = replacement.value
        .replaceAll('$', '$$$$')
        .replace(/\\(\d)/g, '$$$1')
        .replaceAll('\\\\', '\\');
      return call([of, '.replace'], [code(`/${body}/g`), code(quoted(given))]);
    }
    case 're.split':
      return values.length === 1 && !/\((?!\?)/.test(source)
        ? call([of, '.split'], [code(`/${body}/`)])
        : undefined;
    case 're.findall':
      return values.length === 1 && !/\((?!\?)/.test(source)
        ? code(['(', call([of, '.match'], [code(`/${body}/g`)]).doc, ' ?? [])'], BINDS.whole)
        : undefined;
    case 're.match':
      return values.length === 1 ? exec(`^(?:${body})`) : undefined;
    case 're.search':
      return values.length === 1 ? exec(body) : undefined;
    default:
      return undefined;
  }
}

/** Writes `m.group(1)` or `m.groups()` on the result of a match. */
export function matchMethod(
  writing: Writing,
  node: Call,
  fn: Expr & { t: 'attr' },
  scope: PythonScope,
): Code | undefined {
  const of = inside(writing.expr(fn.object, scope), BINDS.call);
  const [first] = node.args;
  if (fn.name === 'groups' && !first) return code([of, '!.slice(1)'], BINDS.call);
  if (fn.name !== 'group' || node.args.length > 1) return undefined;
  if (first && first.value.t !== 'num') return undefined;
  return code([of, `![${first?.value.t === 'num' ? first.value.value : 0}]!`], BINDS.call);
}
