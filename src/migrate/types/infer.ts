import type { Expr } from '../python/syntax.ts';
import { evaluated } from './interpret/expressions.ts';
import type { Interpreter } from './interpret/interpreter.ts';
import { statement } from './interpret/statements.ts';
import { type Knowledge, nothingKnown, type ProfileClass } from './knowledge.ts';
import type { Module } from './modules.ts';
import type { Name } from './scopes.ts';
import { type DictPart, type FuncPart, kind, type ListPart, type PythonKind } from './value.ts';

/** What the values of Python files can be. */
export interface Inference {
  /** What an expression can be. */
  kindOf(node: Expr): PythonKind;
  nameKind(name: Name): PythonKind;
  funcOf(node: object): FuncPart | undefined;
  /** Profile classes by name. */
  readonly profiles: ReadonlyMap<string, ProfileClass>;
  partOf(node: object): ListPart | DictPart | undefined;
  /** The function that is called, if only one is possible. */
  callee(fn: Expr): FuncPart | undefined;
}

/** The most rounds; all files seen so far needed fewer until nothing new was found. */
const MOST_ROUNDS = 30;

function interpret(module: Module, known: Knowledge): void {
  const run: Interpreter = {
    known,
    module,
    functions: [],
    narrowed: new Set(),
    evaluate(node, scope) {
      const all = known.kindAt(node);
      known.learn(all, evaluated(run, node, scope));
      return all;
    },
    statements(body, scope) {
      for (const stmt of body) statement(run, stmt, scope);
    },
  };
  run.statements(module.file.body, module.scopes.file);
}

/**
 * Finds out what every expression of the files can be: interprets all files together, with kinds in place of values,
 * again and again until nothing new is found.
 */
export function infer(modules: readonly Module[], python: 2 | 3): Inference {
  const known = nothingKnown(python);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    known.news = false;
    for (const module of modules) interpret(module, known);
    if (!known.news) break;
  }
  const { kinds, names, made, profiles } = known;
  for (const part of made.values()) if (part.p === 'dict' && part.plain) part.fields = undefined;
  const nothing = kind();
  return {
    kindOf: (node) => kinds.get(node) ?? nothing,
    nameKind: (name) => names.get(name) ?? nothing,
    funcOf(node) {
      const part = made.get(node);
      return part?.p === 'func' ? part : undefined;
    },
    profiles,
    partOf(node) {
      const part = made.get(node);
      return part && 'changed' in part ? part : undefined;
    },
    callee(fn) {
      const value = kinds.get(fn);
      if (!value || value.words.size > 0 || value.parts.size !== 1) return undefined;
      const [part] = value.parts;
      return part?.p === 'func' ? part : undefined;
    },
  };
}
