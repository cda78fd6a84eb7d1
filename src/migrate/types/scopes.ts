// Finds the names of a Python file, where each is mentioned, and which scope and block it belongs to. Long because it is
// one walk over every kind of statement and expression.
import type { Expr, Params, Spot, Stmt } from '../python/syntax.ts';

/** A list of statements that becomes a block with braces in TypeScript. */
export interface Block extends Spot {
  readonly parent: Block | undefined;
  /** Whether its statements may run more than once. */
  readonly loop: boolean;
}

/** One place where a name is mentioned. */
export interface Mention {
  readonly at: number;
  readonly block: Block;
  readonly writes: boolean;
  /** Whether a loop binds it here. */
  readonly target: boolean;
  /** Whether the place is in a function inside the name's scope. */
  readonly inner: boolean;
}

/** A name of a scope. */
export interface Name {
  readonly id: string;
  readonly scope: PythonScope;
  readonly mentions: Mention[];
  kind: 'variable' | 'parameter' | 'function' | 'class' | 'module';
}

/** A scope of names: a file, a function, a comprehension or a class. */
export interface PythonScope {
  readonly parent: PythonScope | undefined;
  readonly kind: 'file' | 'function' | 'comprehension' | 'class';
  readonly names: Map<string, Name>;
  readonly block: Block;
}

/** The scopes of a file with their names. */
export interface Scopes {
  readonly file: PythonScope;
  /** The scope that a function, lambda, comprehension or class opens. */
  readonly of: ReadonlyMap<object, PythonScope>;
  /** The block of a statement list. */
  readonly blocks: ReadonlyMap<object, Block>;
  /** Names that nothing in the file binds, with the offset of their first mention. */
  readonly free: Map<string, number>;
}

/** The name that an identifier means; undefined when the file does not bind it. */
export function lookup(scope: PythonScope, id: string): Name | undefined {
  for (let at: PythonScope | undefined = scope; at; at = at.parent) {
    if (at.kind === 'class' && at !== scope) continue;
    const name = at.names.get(id);
    if (name) return name;
  }
  return undefined;
}

/** Finds all scopes and names of a file by Python's rule: names that a function assigns are local to it. */
export function findScopes(body: readonly Stmt[], end: number): Scopes {
  const of = new Map<object, PythonScope>();
  const blocks = new Map<object, Block>();
  const free = new Map<string, number>();
  const block = (list: readonly Stmt[], parent: Block | undefined, loop: boolean, spot?: Spot): Block => {
    const first = list[0];
    const last = list.at(-1);
    const made = {
      parent,
      loop,
      from: spot?.from ?? first?.from ?? 0,
      to: spot?.to ?? last?.to ?? 0,
    };
    blocks.set(list, made);
    return made;
  };
  const newScope = (parent: PythonScope | undefined, kind: PythonScope['kind'], own: Block): PythonScope => ({
    parent,
    kind,
    names: new Map(),
    block: own,
  });
  const declare = (scope: PythonScope, id: string, kind: Name['kind']): Name => {
    const before = scope.names.get(id);
    if (before) {
      if (before.kind !== kind && before.kind !== 'parameter') before.kind = 'variable';
      return before;
    }
    const name: Name = { id, scope, mentions: [], kind };
    scope.names.set(id, name);
    return name;
  };
  const fileBlock = block(body, undefined, false, { from: 0, to: end });
  const file = newScope(undefined, 'file', fileBlock);

  const targets = (target: Expr, found: string[]): void => {
    if (target.t === 'name') found.push(target.id);
    else if (target.t === 'tuple' || target.t === 'list')
      for (const item of target.items) targets(item, found);
    else if (target.t === 'star') targets(target.value, found);
  };
  /** Declares the names that statements bind in a scope, but not those of inner scopes. */
  const bind = (scope: PythonScope, list: readonly Stmt[], globals: Set<string>): void => {
    const add = (id: string, kind: Name['kind'] = 'variable') => {
      if (!globals.has(id)) declare(scope, id, kind);
    };
    const all = (target: Expr) => {
      const found: string[] = [];
      targets(target, found);
      for (const id of found) add(id);
    };
    for (const stmt of list) {
      switch (stmt.t) {
        case 'global':
          for (const id of stmt.names) {
            globals.add(id);
            declare(file, id, 'variable');
          }
          break;
        case 'assign':
          for (const target of stmt.targets) all(target);
          break;
        case 'update':
          all(stmt.target);
          break;
        case 'for':
          all(stmt.target);
          bind(scope, stmt.body, globals);
          bind(scope, stmt.otherwise, globals);
          break;
        case 'while':
          bind(scope, stmt.body, globals);
          bind(scope, stmt.otherwise, globals);
          break;
        case 'if':
          for (const branch of stmt.branches) bind(scope, branch.body, globals);
          bind(scope, stmt.otherwise, globals);
          break;
        case 'try':
          bind(scope, stmt.body, globals);
          for (const handler of stmt.handlers) {
            if (handler.name) add(handler.name);
            bind(scope, handler.body, globals);
          }
          bind(scope, stmt.otherwise, globals);
          bind(scope, stmt.final, globals);
          break;
        case 'with':
          if (stmt.name) add(stmt.name);
          bind(scope, stmt.body, globals);
          break;
        case 'def':
          add(stmt.name, 'function');
          break;
        case 'class':
          add(stmt.name, 'class');
          break;
        case 'import':
          for (const { as } of stmt.names) add(as.split('.')[0] as string, 'module');
          break;
        case 'from':
          for (const { as } of stmt.names) add(as, 'module');
          break;
        default:
      }
    }
  };
  bind(file, body, new Set());

  const mention = (
    scope: PythonScope,
    id: string,
    at: number,
    own: Block,
    writes: boolean,
    target = false,
  ): void => {
    const name = lookup(scope, id);
    if (!name) {
      if (!free.has(id)) free.set(id, at);
      return;
    }
    let inner = false;
    for (let from: PythonScope | undefined = scope; from && from !== name.scope; from = from.parent)
      if (from.kind === 'function') inner = true;
    name.mentions.push({ at, block: own, writes, target, inner });
  };

  const functionScope = (
    owner: object,
    params: Params,
    scope: PythonScope,
    own: Block,
    bodyBlock: Block,
  ): PythonScope => {
    for (const { default: value } of params) if (value) expr(value, scope, own);
    const inside = newScope(scope, 'function', bodyBlock);
    of.set(owner, inside);
    for (const { name } of params) declare(inside, name, 'parameter');
    return inside;
  };

  const write = (target: Expr, scope: PythonScope, own: Block, loop = false): void => {
    if (target.t === 'name') mention(scope, target.id, target.from, own, true, loop);
    else if (target.t === 'tuple' || target.t === 'list')
      for (const item of target.items) write(item, scope, own, loop);
    else if (target.t === 'star') write(target.value, scope, own, loop);
    else expr(target, scope, own);
  };

  function expr(node: Expr, scope: PythonScope, own: Block): void {
    const visit = (child: Expr | undefined) => child && expr(child, scope, own);
    switch (node.t) {
      case 'name':
        mention(scope, node.id, node.from, own, false);
        break;
      case 'fstr':
        for (const part of node.parts) if (typeof part !== 'string') visit(part.value);
        break;
      case 'list':
      case 'tuple':
      case 'set':
        for (const item of node.items) visit(item);
        break;
      case 'dict':
        for (const { key, value } of node.entries) {
          visit(key);
          visit(value);
        }
        break;
      case 'comp': {
        const [first] = node.clauses;
        if (first) visit(first.iter);
        const inside = newScope(scope, 'comprehension', own);
        of.set(node, inside);
        for (const clause of node.clauses) {
          const found: string[] = [];
          targets(clause.target, found);
          for (const id of found) declare(inside, id, 'variable');
        }
        node.clauses.forEach((clause, index) => {
          if (index > 0) expr(clause.iter, inside, own);
          write(clause.target, inside, own);
          for (const test of clause.tests) expr(test, inside, own);
        });
        if (node.key) expr(node.key, inside, own);
        expr(node.element, inside, own);
        break;
      }
      case 'call':
        visit(node.fn);
        for (const arg of node.args) visit(arg.value);
        break;
      case 'attr':
        visit(node.object);
        break;
      case 'index':
        visit(node.object);
        visit(node.index);
        break;
      case 'slice':
        visit(node.object);
        for (const bound of node.bounds) visit(bound);
        break;
      case 'unary':
        visit(node.operand);
        break;
      case 'binary':
      case 'logic':
        visit(node.left);
        visit(node.right);
        break;
      case 'compare':
        visit(node.first);
        for (const { right } of node.rest) visit(right);
        break;
      case 'cond':
        visit(node.value);
        visit(node.test);
        visit(node.else);
        break;
      case 'lambda': {
        const bodyBlock: Block = { parent: own, loop: false, from: node.body.from, to: node.body.to };
        const inside = functionScope(node, node.params, scope, own, bodyBlock);
        expr(node.body, inside, bodyBlock);
        break;
      }
      case 'repr':
      case 'star':
        visit(node.value);
        break;
      default:
    }
  }

  const run = (list: readonly Stmt[], scope: PythonScope, own: Block): void => {
    for (const stmt of list) statement(stmt, scope, own);
  };
  const nested = (list: readonly Stmt[], scope: PythonScope, parent: Block, loop = false) =>
    run(list, scope, block(list, parent, loop));

  function statement(stmt: Stmt, scope: PythonScope, own: Block): void {
    const visit = (child: Expr | undefined) => child && expr(child, scope, own);
    switch (stmt.t) {
      case 'expr':
        visit(stmt.value);
        break;
      case 'print':
        for (const value of stmt.values) visit(value);
        break;
      case 'assign':
        visit(stmt.value);
        for (const target of stmt.targets) write(target, scope, own);
        break;
      case 'update':
        visit(stmt.target);
        visit(stmt.value);
        write(stmt.target, scope, own);
        break;
      case 'if':
        for (const { test, body: then } of stmt.branches) {
          visit(test);
          nested(then, scope, own);
        }
        nested(stmt.otherwise, scope, own);
        break;
      case 'for': {
        visit(stmt.iter);
        const head = block(
          stmt.body,
          own,
          true,
          stmt.body.length > 0 ? { from: stmt.from, to: stmt.to } : undefined,
        );
        write(stmt.target, scope, head, true);
        run(stmt.body, scope, head);
        nested(stmt.otherwise, scope, own);
        break;
      }
      case 'while':
        visit(stmt.test);
        nested(stmt.body, scope, own, true);
        nested(stmt.otherwise, scope, own);
        break;
      case 'def': {
        mention(scope, stmt.name, stmt.from, own, true);
        const bodyBlock = block(stmt.body, own, false);
        const inside = functionScope(stmt, stmt.params, scope, own, bodyBlock);
        const globals = new Set<string>();
        bind(inside, stmt.body, globals);
        run(stmt.body, inside, bodyBlock);
        break;
      }
      case 'class': {
        mention(scope, stmt.name, stmt.from, own, true);
        for (const base of stmt.bases) visit(base);
        const bodyBlock = block(stmt.body, own, false);
        const inside = newScope(scope, 'class', bodyBlock);
        of.set(stmt, inside);
        bind(inside, stmt.body, new Set());
        run(stmt.body, inside, bodyBlock);
        break;
      }
      case 'return':
      case 'yield':
      case 'raise':
        visit(stmt.value);
        break;
      case 'del':
        for (const target of stmt.targets) visit(target);
        break;
      case 'assert':
        visit(stmt.test);
        visit(stmt.message);
        break;
      case 'try':
        nested(stmt.body, scope, own);
        for (const handler of stmt.handlers) {
          for (const type of handler.types) visit(type);
          nested(handler.body, scope, own);
        }
        nested(stmt.otherwise, scope, own);
        nested(stmt.final, scope, own);
        break;
      case 'with':
        visit(stmt.value);
        if (stmt.name) mention(scope, stmt.name, stmt.from, own, true);
        nested(stmt.body, scope, own);
        break;
      case 'import':
        for (const { as } of stmt.names) mention(scope, as.split('.')[0] as string, stmt.from, own, true);
        break;
      case 'from':
        for (const { as } of stmt.names) mention(scope, as, stmt.from, own, true);
        break;
      default:
    }
  }
  run(body, file, fileBlock);
  return { file, of, blocks, free };
}
