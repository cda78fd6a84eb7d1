import type { Stmt } from '../python/syntax.ts';

const bodies = (stmt: Stmt): readonly (readonly Stmt[])[] => {
  switch (stmt.t) {
    case 'if':
      return [...stmt.branches.map(({ body }) => body), stmt.otherwise];
    case 'for':
    case 'while':
      return [stmt.body, stmt.otherwise];
    case 'try':
      return [stmt.body, ...stmt.handlers.map(({ body }) => body), stmt.otherwise, stmt.final];
    case 'with':
      return [stmt.body];
    default:
      return [];
  }
};

/** Whether a function with these statements is a generator. */
export const yields = (body: readonly Stmt[]): boolean =>
  body.some((stmt) => stmt.t === 'yield' || bodies(stmt).some(yields));

/** Whether a generator may never end, so that its elements cannot be collected in a list. */
export const isEndless = (body: readonly Stmt[]): boolean =>
  body.some(
    (stmt) =>
      (stmt.t === 'while' && (stmt.test.t === 'bool' || stmt.test.t === 'num')) ||
      bodies(stmt).some(isEndless),
  );
