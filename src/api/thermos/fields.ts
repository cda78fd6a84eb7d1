import { AuroraError } from '../../base/errors.ts';

/** A parsed JSON object with unchecked fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** The error for an invalid task; `where` is a path such as `task.processes[2].max_failures`, `next` says what to do. */
export const invalid = (text: string, where?: string, next?: string): AuroraError =>
  new AuroraError('EXECUTOR', text, { where, next });

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** The value as an object. @throws AuroraError EXECUTOR */
export function object(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalid(`expected an object, got ${show(value)}`, where);
}

/** The value as a list; if not `required`, undefined becomes an empty list. @throws AuroraError EXECUTOR */
export function list(value: unknown, where: string, required = false): readonly unknown[] {
  if (value === undefined && !required) return [];
  if (Array.isArray(value)) return value;
  throw invalid(`expected a list, got ${show(value)}`, where);
}

/** The value as text; numbers are converted, as by the original's schema. @throws AuroraError EXECUTOR */
export function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw invalid(`expected text, got ${show(value)}`, where);
}

/** The value as a number; accepts numeric text, which templates produce. @throws AuroraError EXECUTOR */
export function number(value: unknown, where: string, ifAbsent: number): number {
  if (value === undefined) return ifAbsent;
  const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof parsed === 'number' && Number.isFinite(parsed)) return parsed;
  throw invalid(`expected a number, got ${show(value)}`, where);
}

/** Like `number`, truncated to an integer. @throws AuroraError EXECUTOR */
export const integer = (value: unknown, where: string, ifAbsent: number): number =>
  Math.trunc(number(value, where, ifAbsent));

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [undefined, false],
  [true, true],
  [false, false],
  [1, true],
  [0, false],
  ['true', true],
  ['True', true],
  ['1', true],
  ['false', false],
  ['False', false],
  ['0', false],
]);

/** The value as a boolean; undefined is false, and old task files write 0 and 1. @throws AuroraError EXECUTOR */
export function boolean(value: unknown, where: string): boolean {
  const known = BOOLEANS.get(value);
  if (known !== undefined) return known;
  throw invalid(`expected true or false, got ${show(value)}`, where);
}

/** The value if it is one of `allowed`. @throws AuroraError EXECUTOR */
export function choice<T extends string>(
  value: unknown,
  allowed: readonly T[],
  where: string,
  ifAbsent: T,
): T {
  if (value === undefined) return ifAbsent;
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw invalid(`expected one of ${allowed.join(', ')}, got ${show(value)}`, where);
}
