import { type Doc, hard, indent } from '../layout/doc.ts';
import type { Stmt } from '../python/syntax.ts';
import type { PythonScope } from '../types/scopes.ts';
import type { Writing } from './context.ts';

export const body = (
  writing: Writing,
  list: readonly Stmt[],
  scope: PythonScope,
  end: number,
  after: Doc = '',
): Doc => {
  const doc = writing.statements(list, scope, end);
  const isEmpty = Array.isArray(doc) && doc.length === 0;
  if (isEmpty) return after === '' ? '{}' : ['{', indent([hard, after]), hard, '}'];
  return ['{', indent([hard, doc, ...(after === '' ? [] : [hard, after])]), hard, '}'];
};

export const freshLabel = (writing: Writing, word: string): string => {
  const count = (writing.labels.get(word) ?? 0) + 1;
  writing.labels.set(word, count);
  return count === 1 ? word : `${word}${count}`;
};
