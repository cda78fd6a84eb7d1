import type { Code } from '../layout/code.ts';
import type { Doc } from '../layout/doc.ts';
import type { Comment, Expr, Spot, Stmt } from '../python/syntax.ts';
import type { Inference } from '../types/infer.ts';
import type { Module } from '../types/modules.ts';
import type { Name, PythonScope } from '../types/scopes.ts';
import type { PythonKind } from '../types/value.ts';

/** A place that somebody has to look at. */
export interface Remark extends Spot {
  readonly module: Module;
  readonly reason: string;
  /** `open`: the place could not be translated; `note`: it was, but may differ from the original as the note says. */
  readonly weight: 'open' | 'note';
}

/** How a file treats its top-level names and statements: exports, includes and jobs. */
export interface FileRules {
  isExported(name: Name): boolean;
  /** Writes a special top-level statement, such as an include or the jobs; undefined for all others. */
  special(stmt: Stmt): readonly Doc[] | undefined;
  /** Marks to write before a top-level statement. */
  marks(stmt: Stmt): readonly Doc[];
}

/** What the writers of a file share; writers of expressions call each other through it. */
export interface Writing {
  readonly module: Module;
  readonly inference: Inference;
  readonly python: 2 | 3;
  /** Imports a name of the language and returns its local name. */
  use(name: string): string;
  useType(name: string): string;
  /** Imports a name from a module of Node. */
  node(module: string, name: string): string;
  /** Adds a helper to the file and returns its name. */
  helper(name: string): string;
  /** Whether the file uses this name for something of its own. */
  isTaken(name: string): boolean;
  /** The TypeScript name of a name of this file. */
  nameOf(name: Name): string;
  /** The TypeScript name for an identifier as seen from a scope; undefined when no file binds it. */
  local(id: string, scope: PythonScope): string | undefined;
  /** Marks a place that cannot be translated. */
  open(spot: Spot, reason: string): Code;
  note(spot: Spot, reason: string): void;
  kind(node: Expr): PythonKind;
  expr(node: Expr, scope: PythonScope): Code;
  /** Writes a block whose text ends at `end`. */
  statements(list: readonly Stmt[], scope: PythonScope, end: number): Doc;
  readonly rules: FileRules;
  /** Comments between two offsets that have not been written yet. */
  comments(from: number, to: number): readonly Comment[];
  /** For each enclosing loop, the innermost last, the label with which `break` leaves it; undefined for none. */
  readonly breaks: (string | undefined)[];
  /** How many labels with the same word there are. */
  readonly labels: Map<string, number>;
  /** How many enclosing handlers catch a failed access, such as a missing key. */
  readonly caught: { depth: number };
  /** For each enclosing function, the innermost last, the list that collects what it yields. */
  readonly yielded: (string | undefined)[];
  source(spot: Spot): string;
}
