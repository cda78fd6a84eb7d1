import type { Expr, Stmt } from '../../python/syntax.ts';
import type { Knowledge } from '../knowledge.ts';
import type { Module } from '../modules.ts';
import type { Name, PythonScope } from '../scopes.ts';
import type { PythonKind } from '../value.ts';

/** Interprets one file once, with kinds in place of values. */
export interface Interpreter {
  readonly known: Knowledge;
  readonly module: Module;
  /** The functions in whose bodies we are, the innermost last. */
  readonly functions: { readonly result: PythonKind; readonly isGenerator: boolean }[];
  /** Names that cannot be None here, because an enclosing `if` has tested them. */
  readonly narrowed: Set<Name>;
  evaluate(node: Expr, scope: PythonScope): PythonKind;
  statements(body: readonly Stmt[], scope: PythonScope): void;
}

/** A call with what its parts were found to be. */
export interface PythonCall {
  readonly node: Expr & { t: 'call' };
  /** One for each of the node's arguments. */
  readonly given: readonly PythonKind[];
  /** Of arguments without a name or a star. */
  readonly positional: readonly PythonKind[];
  readonly scope: PythonScope;
}
