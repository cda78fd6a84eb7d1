import type { Expr, Params, Stmt } from '../../python/syntax.ts';
import { BUILTIN_RESULTS, MODULE_RESULTS } from '../builtins.ts';
import { yields } from '../generators.ts';
import { getOrMake, type Knowledge } from '../knowledge.ts';
import type { Name, PythonScope } from '../scopes.ts';
import {
  type DictPart,
  type FuncPart,
  holding,
  join,
  kind,
  type ListPart,
  type PythonKind,
  parts,
} from '../value.ts';
import { at, elements, pour } from './containers.ts';
import type { Interpreter, PythonCall } from './interpreter.ts';

function endsWithReturn(body: readonly Stmt[]): boolean {
  const last = body.at(-1);
  if (!last) return false;
  if (last.t === 'return' || last.t === 'raise') return true;
  if (last.t === 'if')
    return (
      last.otherwise.length > 0 &&
      [...last.branches.map((one) => one.body), last.otherwise].every(endsWithReturn)
    );
  return false;
}

/** A function or lambda is defined. */
export function func(
  run: Interpreter,
  node: object,
  id: string,
  params: Params,
  body: readonly Stmt[] | Expr,
  scope: PythonScope,
): FuncPart {
  const { known } = run;
  const inside = run.module.scopes.of.get(node) as PythonScope;
  const part = getOrMake(known.made, node, () => ({
    p: 'func',
    name: id,
    params,
    body,
    scope: inside,
    given: new Map(),
    result: kind(),
    calls: [],
    escapes: false,
  })) as FuncPart;
  for (const param of params) {
    const own = inside.names.get(param.name) as Name;
    const given = getOrMake(part.given, param.name, () =>
      param.star === '**'
        ? holding(known.dict(param))
        : param.star === '*'
          ? holding(known.list(param, 'list'))
          : kind(),
    );
    if (param.default) known.learn(given, run.evaluate(param.default, scope));
    known.learn(known.nameKind(own), given);
  }
  if (Array.isArray(body)) {
    const isGenerator = yields(body);
    run.functions.push({ result: part.result, isGenerator });
    run.statements(body, inside);
    run.functions.pop();
    if (!isGenerator && !endsWithReturn(body)) known.learn(part.result, kind('none'));
  } else known.learn(part.result, run.evaluate(body as Expr, inside));
  return part;
}

/** A function of the files is called. */
export function invoke(known: Knowledge, part: FuncPart, { node, given }: PythonCall): PythonKind {
  const { args } = node;
  const positions = part.params.filter(({ star, keyword }) => star === '' && !keyword);
  let position = 0;
  const rest = part.params.find(({ star }) => star === '*');
  const kw = part.params.find(({ star }) => star === '**');
  const kwPart = kw && (known.made.get(kw) as DictPart);
  args.forEach((arg, index) => {
    const value = given[index] as PythonKind;
    if (arg.star === '*') {
      positions.slice(position).forEach((param, offset) => {
        known.add(part.given, param.name, at(known, value, offset));
      });
      if (rest) known.learn((known.made.get(rest) as ListPart).of, elements(known, value));
    } else if (arg.star === '**') {
      for (const inner of parts(value, 'dict'))
        for (const [key, own] of inner.props) {
          const param = part.params.find((one) => one.name === key && one.star === '');
          if (param) known.add(part.given, key, own);
        }
      if (kwPart) pour(known, value, kwPart);
    } else if (arg.name) {
      const param = part.params.find((one) => one.name === arg.name && one.star === '');
      if (param) known.add(part.given, param.name, value);
      else if (kwPart) {
        known.add(kwPart.props, arg.name, value);
        known.learn(kwPart.of, value);
      }
    } else {
      const param = positions[position++];
      if (param) known.add(part.given, param.name, value);
      else if (rest) known.learn((known.made.get(rest) as ListPart).of, value);
    }
  });
  if (!part.calls.some((one) => one.node === node)) {
    part.calls.push({
      node,
      positions: args.filter(({ star, name: id }) => star === '' && !id).length,
      names: args.flatMap(({ name: id }) => (id ? [id] : [])),
      starred: args.some(({ star }) => star === '*'),
      spreads: args.flatMap((arg, index) => (arg.star === '**' ? [given[index] as PythonKind] : [])),
    });
    known.news = true;
  }
  return part.result;
}

/** What a builtin function returns when other code calls it. */
const calledBack = (id: string): string => {
  const text = BUILTIN_RESULTS[id] ?? MODULE_RESULTS[id] ?? 'any';
  return text.includes(' ') ? 'any' : text;
};

/** A function is called by other code, such as `map`, with these arguments. */
export function callback(
  known: Knowledge,
  value: PythonKind | undefined,
  ...given: readonly PythonKind[]
): PythonKind {
  const result = kind();
  if (!value) return result;
  for (const part of parts(value, 'func')) {
    part.params.forEach((param, index) => {
      const own = given[index];
      if (own) known.add(part.given, param.name, own);
    });
    known.set(part, 'escapes', true);
    join(result, part.result);
  }
  for (const part of parts(value, 'builtin')) join(result, kind(...calledBack(part.name).split('|')));
  if (value.words.has('any')) result.words.add('any');
  return result;
}
