/** Python's syntax as data, as the translator reads it. Offsets refer to the file's text. */
export interface Spot {
  readonly from: number;
  readonly to: number;
}

export type Expr = Spot & ExprShape;
type ExprShape =
  | { readonly t: 'num'; readonly value: number; readonly float: boolean }
  /** `seams`: positions in the text at which it continues in another literal on another line. */
  | { readonly t: 'str'; readonly value: string; readonly seams: readonly number[] }
  | {
      readonly t: 'fstr';
      readonly parts: readonly (string | FormatPart)[];
      readonly seams: readonly number[];
    }
  | { readonly t: 'name'; readonly id: string }
  | { readonly t: 'bool'; readonly value: boolean }
  | { readonly t: 'none' }
  | { readonly t: 'list' | 'tuple' | 'set'; readonly items: readonly Expr[] }
  | { readonly t: 'star'; readonly value: Expr }
  | { readonly t: 'dict'; readonly entries: readonly DictEntry[] }
  | {
      readonly t: 'comp';
      readonly kind: 'list' | 'set' | 'dict' | 'generator';
      /** The key, in a comprehension of a dictionary. */
      readonly key: Expr | undefined;
      readonly element: Expr;
      readonly clauses: readonly CompClause[];
    }
  | { readonly t: 'call'; readonly fn: Expr; readonly args: readonly Arg[] }
  | { readonly t: 'attr'; readonly object: Expr; readonly name: string }
  | { readonly t: 'index'; readonly object: Expr; readonly index: Expr }
  | { readonly t: 'slice'; readonly object: Expr; readonly bounds: readonly (Expr | undefined)[] }
  | { readonly t: 'unary'; readonly op: string; readonly operand: Expr }
  | { readonly t: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly t: 'logic'; readonly op: 'and' | 'or'; readonly left: Expr; readonly right: Expr }
  | { readonly t: 'compare'; readonly first: Expr; readonly rest: readonly Comparison[] }
  | { readonly t: 'cond'; readonly test: Expr; readonly value: Expr; readonly else: Expr }
  | { readonly t: 'lambda'; readonly params: Params; readonly body: Expr }
  | { readonly t: 'repr'; readonly value: Expr }
  /** Syntax that the translator does not know. */
  | { readonly t: 'odd'; readonly what: string };

export interface FormatPart {
  readonly value: Expr;
  readonly conversion: string;
  readonly spec: string;
}
export interface DictEntry {
  /** Undefined when `value` is another dictionary whose entries are taken over. */
  readonly key: Expr | undefined;
  readonly value: Expr;
}
export interface CompClause {
  readonly target: Expr;
  readonly iter: Expr;
  readonly tests: readonly Expr[];
}
export interface Comparison {
  readonly op: string;
  readonly right: Expr;
}
export interface Arg extends Spot {
  /** `*` spreads a list, `**` a dictionary; otherwise `name` is the keyword, or undefined for a positional argument. */
  readonly star: '' | '*' | '**';
  readonly name: string | undefined;
  readonly value: Expr;
}
export interface Param {
  readonly name: string;
  readonly default: Expr | undefined;
  readonly star: '' | '*' | '**';
  /** True when it can be given only by name, because it follows a star. */
  readonly keyword: boolean;
}
export type Params = readonly Param[];

export type Stmt = Spot & StmtShape;
type StmtShape =
  | { readonly t: 'expr'; readonly value: Expr }
  | { readonly t: 'assign'; readonly targets: readonly Expr[]; readonly value: Expr }
  | { readonly t: 'update'; readonly target: Expr; readonly op: string; readonly value: Expr }
  | {
      readonly t: 'if';
      readonly branches: readonly Branch[];
      readonly otherwise: readonly Stmt[];
    }
  | {
      readonly t: 'for';
      readonly target: Expr;
      readonly iter: Expr;
      readonly body: readonly Stmt[];
      readonly otherwise: readonly Stmt[];
    }
  | {
      readonly t: 'while';
      readonly test: Expr;
      readonly body: readonly Stmt[];
      readonly otherwise: readonly Stmt[];
    }
  | { readonly t: 'def'; readonly name: string; readonly params: Params; readonly body: readonly Stmt[] }
  | {
      readonly t: 'class';
      readonly name: string;
      readonly bases: readonly Expr[];
      readonly body: readonly Stmt[];
    }
  | { readonly t: 'return' | 'yield'; readonly value: Expr | undefined }
  | { readonly t: 'pass' | 'break' | 'continue' }
  | { readonly t: 'import'; readonly names: readonly ImportedName[] }
  | { readonly t: 'from'; readonly module: string; readonly names: readonly ImportedName[] }
  | { readonly t: 'global'; readonly names: readonly string[] }
  | { readonly t: 'del'; readonly targets: readonly Expr[] }
  | { readonly t: 'assert'; readonly test: Expr; readonly message: Expr | undefined }
  | { readonly t: 'raise'; readonly value: Expr | undefined }
  | {
      readonly t: 'try';
      readonly body: readonly Stmt[];
      readonly handlers: readonly ExceptHandler[];
      readonly otherwise: readonly Stmt[];
      readonly final: readonly Stmt[];
    }
  | {
      readonly t: 'with';
      readonly value: Expr;
      readonly name: string | undefined;
      readonly body: readonly Stmt[];
    }
  | { readonly t: 'print'; readonly values: readonly Expr[] }
  | { readonly t: 'odd'; readonly what: string };

export interface Branch {
  readonly test: Expr;
  readonly body: readonly Stmt[];
}
export interface ExceptHandler {
  readonly types: readonly Expr[];
  readonly name: string | undefined;
  readonly body: readonly Stmt[];
}
export interface ImportedName {
  readonly name: string;
  readonly as: string;
}

/** A comment; `trailing` when code precedes it on its line. */
export interface Comment extends Spot {
  readonly text: string;
  readonly trailing: boolean;
}

/** A parsed file. */
export interface PythonFile {
  readonly path: string;
  readonly text: string;
  readonly body: readonly Stmt[];
  readonly comments: readonly Comment[];
  /** Whether it has syntax that only Python 3 can read. */
  readonly onlyThree: boolean;
}
