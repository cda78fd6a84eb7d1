/** How keys, numbers and entries of dictionaries are written. */
import { assigned, BINDS, type Code, call, code, name, quoted } from '../layout/code.ts';
import type { Doc } from '../layout/doc.ts';
import type { Expr } from '../python/syntax.ts';
import type { PythonScope } from '../types/scopes.ts';
import { type PythonKind, parts } from '../types/value.ts';
import { typeText } from './annotations.ts';
import type { Writing } from './context.ts';

/** A number as TypeScript writes it. */
export const numberCode = (value: number): Code => code(String(value), BINDS.whole);

/** A key of an object. */
export const keyText = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key));

/** `name: value`, or just `name` if both are the same. */
export function propertyDoc(key: string, value: Code): Doc {
  if (value.shape === 'name' && value.doc === key) return key;
  return assigned(`${keyText(key)}:`, value);
}

export const isMap = (kind: PythonKind): boolean =>
  parts(kind, 'dict').some((part) => part.map) || kind.words.has('bindmap');

/** Whether keys are tuples. Python compares them by content, whereas a Map would compare arrays by identity. */
export const hasTupleKeys = (kind: PythonKind): boolean =>
  parts(kind, 'dict').some((part) => parts(part.key, 'tuple').length > 0);

/** A key of a Map; a tuple becomes its JSON text. */
export function mapKey(writing: Writing, of: Expr, key: Expr, scope: PythonScope): Code {
  const piece = writing.expr(key, scope);
  return hasTupleKeys(writing.kind(of)) ? call('JSON.stringify', [piece]) : piece;
}

/** Turns the JSON text of a tuple key back into the tuple. */
export const parsedKey = (key: string, kind: PythonKind, writing: Writing): Code => {
  const types = typeText(writing, {
    words: new Set(),
    parts: new Set(parts(kind, 'dict').flatMap((part) => [...part.key.parts])),
  });
  return code([call('JSON.parse', [name(key)]).doc, ` as ${types}`], BINDS.compare);
};
