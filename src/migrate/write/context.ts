import type { Code } from '../layout/code.ts';
import type { Comment, Expr, Spot } from '../python/syntax.ts';
import type { Inference, Module } from '../types/infer.ts';
import type { Name, PythonScope } from '../types/scopes.ts';
import type { PythonKind } from '../types/value.ts';

/** A place that a person has to look at. */
export interface Remark extends Spot {
  readonly module: Module;
  readonly reason: string;
  /** `open`: nothing stands there in the output; `note`: what stands there is right unless the note says otherwise. */
  readonly weight: 'open' | 'note';
}

/** What the writers of a file share. Writers of expressions call one another through it. */
export interface Writing {
  readonly module: Module;
  readonly inference: Inference;
  readonly python: 2 | 3;
  /** Imports a name of the language; the local name of it. */
  use(name: string): string;
  useType(name: string): string;
  /** Imports a name of a module of Node. */
  node(module: string, name: string): string;
  /** A helper of the file itself; its name. */
  helper(name: string): string;
  /** Whether the file has a name of its own like this. */
  isTaken(name: string): boolean;
  /** The TypeScript name of a name of this file. */
  nameOf(name: Name): string;
  /** The TypeScript name of an identifier as Python's scopes have it; undefined when it is no name of any file. */
  local(id: string, scope: PythonScope): string | undefined;
  /** Marks a place that cannot be translated. */
  open(spot: Spot, reason: string): Code;
  note(spot: Spot, reason: string): void;
  kind(node: Expr): PythonKind;
  expr(node: Expr, scope: PythonScope): Code;
  /** Comments between two offsets that nobody has taken yet. */
  comments(from: number, to: number): readonly Comment[];
  /** The label that leaves each loop around a statement, the innermost last; undefined: a plain `break`. */
  readonly breaks: (string | undefined)[];
  /** How many labels of a word there are. */
  readonly labels: Map<string, number>;
  /** Whether a mistake of an access is caught around here. */
  readonly caught: { depth: number };
  /** The list in which each function around a statement, the innermost last, gathers what it yields. */
  readonly yielded: (string | undefined)[];
  source(spot: Spot): string;
}
