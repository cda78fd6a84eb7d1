// Turns the parser's tree into the data of syntax.ts. Long because it has a case for every kind of node of the grammar.
import type { SyntaxNode } from '@lezer/common';
import { formatText, numberValue, opened, stringValue } from './literals.ts';
import { isLogic, logic } from './logic.ts';
import type {
  Arg,
  Branch,
  CompClause,
  DictEntry,
  ExceptHandler,
  Expr,
  FormatPart,
  ImportedName,
  Param,
  Params,
  Stmt,
} from './syntax.ts';

type Node = SyntaxNode;

const children = (node: Node): Node[] => {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (child.name !== 'Comment') found.push(child);
  return found;
};
/** Splits nodes at commas. */
function pieces(nodes: readonly Node[]): Node[][] {
  const found: Node[][] = [[]];
  for (const node of nodes) {
    if (node.name === ',') found.push([]);
    else found.at(-1)?.push(node);
  }
  return found.filter((piece) => piece.length > 0);
}
const inner = (node: Node) => children(node).slice(1, -1);

/**
 * Makes statements and expressions from the grammar's tree. This file is long because it covers all nodes of the
 * grammar.
 * @throws SyntaxError with the offset as `at`, for nodes that cannot be read
 */
export function reader(source: string, reprs: ReadonlySet<number>, prints: ReadonlySet<number>) {
  let three = false;
  const text = (node: Node) => source.slice(node.from, node.to);
  const spot = ({ from, to }: Node) => ({ from, to });
  const failing = <T>(node: Node, read: () => T): T => {
    try {
      return read();
    } catch (thrown) {
      if (thrown instanceof SyntaxError && !('at' in thrown)) Object.assign(thrown, { at: node.from });
      throw thrown;
    }
  };

  /** One expression, or a tuple if there are commas. */
  function row(nodes: readonly Node[]): Expr {
    const first = nodes[0] as Node;
    const last = nodes.at(-1) as Node;
    if (!nodes.some(({ name }) => name === ',')) return one(nodes);
    return { t: 'tuple', items: pieces(nodes).map(one), from: first.from, to: last.to };
  }
  function one(nodes: readonly Node[]): Expr {
    const [first, second] = nodes as [Node, Node | undefined];
    if (first.name === '*' && second) {
      return { t: 'star', value: expr(second), from: first.from, to: second.to };
    }
    return expr(first);
  }

  function expr(node: Node): Expr {
    const at = spot(node);
    const kids = children(node);
    const kid = (index: number) => kids[index] as Node;
    if (isLogic(node)) return logic(node, expr);
    switch (node.name) {
      case 'Number':
        return failing(node, () => ({ t: 'num', ...numberValue(text(node)), ...at }));
      case 'String':
        return failing(node, () => ({ t: 'str', value: stringValue(text(node)), seams: [], ...at }));
      case 'FormatString':
        three = true;
        return { t: 'fstr', parts: formatParts(node), seams: [], ...at };
      case 'ContinuedString':
        return continued(node, kids);
      case 'Boolean':
        return { t: 'bool', value: text(node) === 'True', ...at };
      case 'None':
        return { t: 'none', ...at };
      case 'VariableName':
        return { t: 'name', id: text(node), ...at };
      case 'ParenthesizedExpression':
        if (reprs.has(node.from)) return { t: 'repr', value: row(inner(node)), ...at };
        return expr(inner(node)[0] as Node);
      case 'TupleExpression':
        return { t: 'tuple', items: pieces(inner(node)).map(one), ...at };
      case 'ArrayExpression':
        return { t: 'list', items: pieces(inner(node)).map(one), ...at };
      case 'SetExpression':
        return { t: 'set', items: pieces(inner(node)).map(one), ...at };
      case 'DictionaryExpression':
        return { t: 'dict', entries: pieces(inner(node)).map(entry), ...at };
      case 'ArrayComprehensionExpression':
        return comprehension(node, 'list', inner(node));
      case 'SetComprehensionExpression':
        return comprehension(node, 'set', inner(node));
      case 'DictionaryComprehensionExpression':
        return comprehension(node, 'dict', inner(node));
      case 'ComprehensionExpression':
        return comprehension(node, 'generator', inner(node));
      case 'CallExpression':
        return { t: 'call', fn: expr(kid(0)), args: args(kid(1)), ...at };
      case 'MemberExpression':
        return member(node, kids);
      case 'UnaryExpression':
        return { t: 'unary', op: text(kid(0)), operand: expr(kid(1)), ...at };
      case 'BinaryExpression':
        return binary(node, kids);
      case 'ConditionalExpression':
        return { t: 'cond', value: expr(kid(0)), test: expr(kid(2)), else: expr(kid(4)), ...at };
      case 'LambdaExpression': {
        const params = kids.find(({ name }) => name === 'ParamList');
        return {
          t: 'lambda',
          params: params ? parameters(params) : [],
          body: expr(kids.at(-1) as Node),
          ...at,
        };
      }
      default:
        if (node.name === 'NamedExpression') three = true;
        return { t: 'odd', what: WORDS[node.name] ?? node.name, ...at };
    }
  }

  function continued(node: Node, kids: readonly Node[]): Expr {
    const parts: (string | FormatPart)[] = [];
    const seams: number[] = [];
    let length = 0;
    kids.forEach((kid, index) => {
      const before = kids[index - 1];
      if (before && source.slice(before.to, kid.from).includes('\n')) seams.push(length);
      const read = failing(kid, () =>
        kid.name === 'FormatString' ? formatParts(kid) : [stringValue(text(kid))],
      );
      parts.push(...read);
      length += kid.name === 'FormatString' ? 0 : (read[0] as string).length;
    });
    if (parts.every((part) => typeof part === 'string'))
      return { t: 'str', value: parts.join(''), seams, ...spot(node) };
    three = true;
    return { t: 'fstr', parts, seams: [], ...spot(node) };
  }

  function formatParts(node: Node): (string | FormatPart)[] {
    const literal = text(node);
    const { start, body } = opened(literal);
    const parts: (string | FormatPart)[] = [];
    let at = node.from + start;
    const plain = (to: number) => {
      if (to > at) parts.push(failing(node, () => formatText(literal, source.slice(at, to))));
    };
    for (const kid of children(node)) {
      if (kid.name !== 'FormatReplacement') continue;
      plain(kid.from);
      const value = children(kid).find(({ name }) => name !== '{');
      const conversion = kid.getChild('FormatConversion');
      const spec = kid.getChild('FormatSpec');
      if (spec?.getChild('FormatReplacement'))
        throw Object.assign(new SyntaxError('a replacement inside a format'), { at: kid.from });
      parts.push({
        value: expr(value as Node),
        conversion: conversion ? text(conversion).slice(1) : '',
        spec: spec ? text(spec).slice(1) : '',
      });
      at = kid.to;
    }
    plain(node.from + start + body.length);
    return parts;
  }

  function entry(nodes: readonly Node[]): DictEntry {
    const [first, second, third] = nodes as [Node, Node, Node | undefined];
    if (first.name === '**') {
      three = true;
      return { key: undefined, value: expr(second) };
    }
    return { key: expr(first), value: expr(third as Node) };
  }

  function comprehension(
    node: Node,
    kind: 'list' | 'set' | 'dict' | 'generator',
    nodes: readonly Node[],
  ): Expr {
    const first = nodes.findIndex(({ name }) => name === 'for' || name === 'async');
    const head = nodes.slice(0, first);
    return {
      t: 'comp',
      kind,
      key: kind === 'dict' ? expr(head[0] as Node) : undefined,
      element: kind === 'dict' ? expr(head[2] as Node) : row(head),
      clauses: clauses(nodes.slice(first)),
      ...spot(node),
    };
  }

  function clauses(nodes: readonly Node[]): readonly CompClause[] {
    const found: { target: Expr; iter: Expr; tests: Expr[] }[] = [];
    for (let at = 0; at < nodes.length; ) {
      const word = nodes[at]?.name;
      const end = nodes.findIndex(({ name }, index) => index > at && (name === 'for' || name === 'if'));
      const part = nodes.slice(at + 1, end < 0 ? undefined : end);
      if (word === 'for') {
        const split = part.findIndex(({ name }) => name === 'in');
        found.push({ target: row(part.slice(0, split)), iter: row(part.slice(split + 1)), tests: [] });
      } else found.at(-1)?.tests.push(expr(part[0] as Node));
      at = end < 0 ? nodes.length : end;
    }
    return found;
  }

  function args(list: Node): readonly Arg[] {
    const nodes = inner(list);
    if (nodes.some(({ name }) => name === 'for'))
      return [{ star: '', name: undefined, value: comprehension(list, 'generator', nodes), ...spot(list) }];
    return pieces(nodes).map((piece) => {
      const [first, second, third] = piece as [Node, Node, Node];
      const at = { from: first.from, to: (piece.at(-1) as Node).to };
      if (first.name === '*' || first.name === '**')
        return { star: first.name, name: undefined, value: expr(second), ...at };
      if (second?.name === 'AssignOp' && text(second) === '=')
        return { star: '', name: text(first), value: expr(third), ...at };
      return { star: '', name: undefined, value: expr(first), ...at };
    });
  }

  function member(node: Node, kids: readonly Node[]): Expr {
    const [object, mark, ...rest] = kids as [Node, Node, ...Node[]];
    const at = spot(node);
    if (mark.name === '.') return { t: 'attr', object: expr(object), name: text(rest[0] as Node), ...at };
    const nodes = rest.slice(0, -1);
    if (!nodes.some(({ name }) => name === ':'))
      return { t: 'index', object: expr(object), index: row(nodes), ...at };
    if (nodes.some(({ name }) => name === ',')) return { t: 'odd', what: 'a slice with commas', ...at };
    const bounds: (Expr | undefined)[] = [undefined];
    for (const part of nodes) {
      if (part.name === ':') bounds.push(undefined);
      else bounds[bounds.length - 1] = expr(part);
    }
    return { t: 'slice', object: expr(object), bounds, ...at };
  }

  function binary(node: Node, kids: readonly Node[]): Expr {
    const left = kids[0] as Node;
    const right = kids.at(-1) as Node;
    const op = kids.slice(1, -1).map(text).join(' ');
    if (!COMPARISONS.has(op)) return { t: 'binary', op, left: expr(left), right: expr(right), ...spot(node) };
    const comparison = { op: op === '<>' ? '!=' : op, right: expr(right) };
    const before = left.name === 'BinaryExpression' ? expr(left) : undefined;
    if (before?.t === 'compare')
      return { t: 'compare', first: before.first, rest: [...before.rest, comparison], ...spot(node) };
    return { t: 'compare', first: expr(left), rest: [comparison], ...spot(node) };
  }

  function parameters(list: Node): Params {
    const found: Param[] = [];
    let keyword = false;
    const nodes = children(list).filter(({ name }) => name !== '(' && name !== ')');
    for (const piece of pieces(nodes)) {
      const [first, second] = piece as [Node, Node | undefined];
      if (piece.some(({ name }) => name === 'TypeDef')) three = true;
      if (first.name === '*' || first.name === '**') {
        if (first.name === '*') keyword = true;
        if (second) found.push({ name: text(second), default: undefined, star: first.name, keyword: false });
        else three = true;
        continue;
      }
      if (first.name === '/') continue;
      if (first.name !== 'VariableName')
        throw Object.assign(new SyntaxError('a tuple as a parameter'), { at: first.from });
      const assigned = piece.findIndex(({ name }) => name === 'AssignOp');
      found.push({
        name: text(first),
        default: assigned < 0 ? undefined : expr(piece[assigned + 1] as Node),
        star: '',
        keyword,
      });
    }
    return found;
  }

  const statements = (node: Node): readonly Stmt[] =>
    children(node)
      .filter(({ name }) => name !== ':' && name !== ';')
      .flatMap(statement);

  function statement(node: Node): readonly Stmt[] {
    const at = spot(node);
    const kids = children(node);
    const kid = (index: number) => kids[index] as Node;
    const bodies = kids.filter(({ name }) => name === 'Body');
    switch (node.name) {
      case 'StatementGroup':
        return statements(node);
      case 'ExpressionStatement':
        if (kids.length === 1 && text(kid(0)) === 'print') return [{ t: 'print', values: [], ...at }];
        return [{ t: 'expr', value: row(kids), ...at }];
      case 'AssignStatement':
        return [assignment(node, kids)];
      case 'UpdateStatement':
        return [
          {
            t: 'update',
            target: expr(kid(0)),
            op: text(kid(1)).slice(0, -1),
            value: row(kids.slice(2)),
            ...at,
          },
        ];
      case 'IfStatement': {
        const { branches, otherwise } = conditional(kids);
        return [{ t: 'if', branches, otherwise, ...at }];
      }
      case 'ForStatement': {
        const split = kids.findIndex(({ name }) => name === 'in');
        const body = kids.findIndex(({ name }) => name === 'Body');
        return [
          {
            t: 'for',
            target: row(kids.slice(1, split)),
            iter: row(kids.slice(split + 1, body)),
            body: statements(kid(body)),
            otherwise: bodies[1] ? statements(bodies[1]) : [],
            ...at,
          },
        ];
      }
      case 'WhileStatement':
        return [
          {
            t: 'while',
            test: expr(kid(1)),
            body: statements(bodies[0] as Node),
            otherwise: bodies[1] ? statements(bodies[1]) : [],
            ...at,
          },
        ];
      case 'FunctionDefinition': {
        if (kid(0).name === 'async') return [{ t: 'odd', what: 'an async function', ...at }];
        const list = node.getChild('ParamList');
        if (node.getChild('TypeDef')) three = true;
        return [
          {
            t: 'def',
            name: text(kid(1)),
            params: list ? parameters(list) : [],
            body: statements(bodies[0] as Node),
            ...at,
          },
        ];
      }
      case 'ClassDefinition': {
        const list = node.getChild('ArgList');
        return [
          {
            t: 'class',
            name: text(kid(1)),
            bases: list ? pieces(inner(list)).map(one) : [],
            body: statements(bodies[0] as Node),
            ...at,
          },
        ];
      }
      case 'ReturnStatement':
        return [{ t: 'return', value: kids.length > 1 ? row(kids.slice(1)) : undefined, ...at }];
      case 'YieldStatement':
        if (kid(1)?.name === 'from') return [{ t: 'odd', what: 'a yield from', ...at }];
        return [{ t: 'yield', value: kids.length > 1 ? row(kids.slice(1)) : undefined, ...at }];
      case 'PassStatement':
        return [{ t: 'pass', ...at }];
      case 'BreakStatement':
        return [{ t: 'break', ...at }];
      case 'ContinueStatement':
        return [{ t: 'continue', ...at }];
      case 'ImportStatement':
        return [imported(node, kids)];
      case 'ScopeStatement':
        if (text(kid(0)) === 'nonlocal') three = true;
        return [{ t: 'global', names: pieces(kids.slice(1)).map(([name]) => text(name as Node)), ...at }];
      case 'DeleteStatement':
        return [{ t: 'del', targets: pieces(kids.slice(1)).map(one), ...at }];
      case 'AssertStatement': {
        const [test, message] = pieces(kids.slice(1));
        return [{ t: 'assert', test: one(test as Node[]), message: message && one(message), ...at }];
      }
      case 'RaiseStatement': {
        const [value, message] = pieces(kids.slice(1));
        if (message) return [{ t: 'raise', value: calledWith(one(value as Node[]), one(message)), ...at }];
        return [{ t: 'raise', value: value && one(value), ...at }];
      }
      case 'TryStatement':
        return [attempt(node, kids)];
      case 'WithStatement': {
        const [value, mark, name] = [kid(1), kid(2), kid(3)];
        if (kids.some(({ name }) => name === ',')) return [{ t: 'odd', what: 'a with of several', ...at }];
        return [
          {
            t: 'with',
            value: expr(value),
            name: mark.name === 'as' ? text(name) : undefined,
            body: statements(bodies[0] as Node),
            ...at,
          },
        ];
      }
      default:
        return [{ t: 'odd', what: WORDS[node.name] ?? node.name, ...at }];
    }
  }

  const calledWith = (fn: Expr, value: Expr): Expr => ({
    t: 'call',
    fn,
    args: [{ star: '', name: undefined, value, from: value.from, to: value.to }],
    from: fn.from,
    to: value.to,
  });

  function assignment(node: Node, kids: readonly Node[]): Stmt {
    const plain = kids.filter(({ name }) => name !== 'TypeDef');
    if (plain.length < kids.length) three = true;
    const parts: Node[][] = [[]];
    for (const kid of plain) {
      if (kid.name === 'AssignOp') parts.push([]);
      else parts.at(-1)?.push(kid);
    }
    if (prints.has(node.from)) {
      const values = parts[1] ?? [];
      return { t: 'print', values: pieces(values).map(one), ...spot(node) };
    }
    const value = parts.pop() as Node[];
    if (parts.length === 0) return { t: 'pass', ...spot(node) };
    return { t: 'assign', targets: parts.map(row), value: row(value), ...spot(node) };
  }

  function conditional(kids: readonly Node[]) {
    const branches: Branch[] = [];
    let otherwise: readonly Stmt[] = [];
    for (let at = 0; at < kids.length; ) {
      const isElse = kids[at]?.name === 'else';
      const body = statements(kids[at + (isElse ? 1 : 2)] as Node);
      if (isElse) otherwise = body;
      else branches.push({ test: expr(kids[at + 1] as Node), body });
      at += isElse ? 2 : 3;
    }
    return { branches, otherwise };
  }

  function imported(node: Node, kids: readonly Node[]): Stmt {
    const names = (nodes: readonly Node[]): readonly ImportedName[] =>
      pieces(nodes.filter(({ name }) => name !== '(' && name !== ')')).map((piece) => {
        const as = piece.findIndex(({ name }) => name === 'as');
        const own = (as < 0 ? piece : piece.slice(0, as)).map(text).join('');
        return { name: own, as: as < 0 ? own : text(piece[as + 1] as Node) };
      });
    const split = kids.findIndex(({ name }) => name === 'import');
    if (split === 0) return { t: 'import', names: names(kids.slice(1)), ...spot(node) };
    const module = kids.slice(1, split).map(text).join('');
    return { t: 'from', module, names: names(kids.slice(split + 1)), ...spot(node) };
  }

  function attempt(node: Node, kids: readonly Node[]): Stmt {
    let body: readonly Stmt[] = [];
    let otherwise: readonly Stmt[] = [];
    let final: readonly Stmt[] = [];
    const handlers: ExceptHandler[] = [];
    for (let at = 0; at < kids.length; ) {
      const end = kids.findIndex(({ name }, index) => index > at && name === 'Body');
      const own = statements(kids[end] as Node);
      const word = kids[at]?.name;
      const about = kids.slice(at + 1, end);
      if (word === 'try') body = own;
      else if (word === 'else') otherwise = own;
      else if (word === 'finally') final = own;
      else {
        const named = about.findIndex(({ name }) => name === 'as' || name === ',');
        const types = named < 0 ? about : about.slice(0, named);
        const type = types[0] && expr(types[0]);
        handlers.push({
          types: type === undefined ? [] : type.t === 'tuple' ? type.items : [type],
          name: named < 0 ? undefined : text(about[named + 1] as Node),
          body: own,
        });
      }
      at = end + 1;
    }
    return { t: 'try', body, handlers, otherwise, final, ...spot(node) };
  }

  return { statements, onlyThree: () => three };
}

const COMPARISONS = new Set(['==', '!=', '<>', '<', '<=', '>', '>=', 'in', 'not in', 'is', 'is not']);

/** Names of the grammar's nodes for messages. */
const WORDS: Readonly<Record<string, string>> = {
  AwaitExpression: 'await',
  DecoratedStatement: 'a decorated definition',
  Ellipsis: 'an ellipsis',
  MatchStatement: 'a match statement',
  NamedExpression: 'an assignment inside an expression (:=)',
  TypeDefinition: 'a type',
  YieldExpression: 'a generator (yield)',
};
