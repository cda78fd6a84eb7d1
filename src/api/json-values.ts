import { asI32, asI64, fail, misfit } from './checks.ts';
import type { I64 } from './i64.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { type Trail, trailFrom } from './trail.ts';

/** A walk over parsed JSON, used by both JSON encodings. */
export interface JsonWalk {
  readonly limits: Limits;
  readonly trail: Trail;
}

export const jsonWalk = (root: string, limits: Partial<Limits> = {}): JsonWalk => ({
  limits: { ...DEFAULT_LIMITS, ...limits },
  trail: trailFrom(root),
});

/** Refuses a text with more bytes (for a string: characters) than the limits allow. */
export function assertSize(source: Uint8Array | string, { limits, trail }: JsonWalk): void {
  if (source.length > limits.maxBytes)
    fail('size-limit', `${source.length} bytes are more than the ${limits.maxBytes} allowed`, trail);
}

/** Goes one level down, or throws when that is too deep. */
export function descendJson({ limits, trail }: JsonWalk): number {
  if (trail.depth >= limits.maxDepth) fail('depth-limit', `more than ${limits.maxDepth} levels`, trail);
  return trail.depth++;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads an i64 from what the JSON parser returns. */
export const jsonI64 = (value: unknown, { trail }: JsonWalk): I64 => asI64(value, trail);

export const jsonI32 = (value: unknown, { trail }: JsonWalk): number => asI32(value, trail);

const UNUSUAL = ['NaN', 'Infinity', '-Infinity'];

/** Reads a double; NaN and infinities are texts. */
export function jsonDouble(value: unknown, { trail }: JsonWalk): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  return UNUSUAL.includes(value as string) ? Number(value) : misfit(value, 'a double', trail);
}

/** Writes a double as JSON text. */
export const doubleText = (value: number): string => {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
};

const SURROGATE = /[\ud800-\udfff]/;
const HALF_PAIR = /\p{Surrogate}/gu;

/** Reads a text. A lone surrogate, which an escape can express, becomes U+FFFD as it would in UTF-8. */
export function jsonText(value: unknown, { limits, trail }: JsonWalk): string {
  if (typeof value !== 'string') return misfit(value, 'a string', trail);
  if (value.length > limits.maxStringBytes) fail('size-limit', `a text of ${value.length} characters`, trail);
  // The second expression reads code points and is ten times slower; few texts need it.
  return SURROGATE.test(value) ? value.replace(HALF_PAIR, '\uFFFD') : value;
}

/** Reads base64 with or without padding. */
export function jsonBytes(value: unknown, { trail }: JsonWalk): Uint8Array {
  if (typeof value !== 'string') return misfit(value, 'base64', trail);
  const digits = value.replace(/={0,2}$/, '').length;
  const bytes = Buffer.from(value, 'base64');
  // The decoder skips invalid characters and then returns fewer bytes than the text should give.
  if (digits % 4 === 1 || bytes.length !== Math.floor((digits * 3) / 4))
    return misfit(value, 'base64', trail);
  return Uint8Array.from(bytes);
}

export const base64Of = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** Checks the depth of a value that is otherwise ignored. */
export function assertShallow(value: unknown, walk: JsonWalk): void {
  if (typeof value !== 'object' || value === null) return;
  const level = descendJson(walk);
  for (const part of Object.values(value)) assertShallow(part, walk);
  walk.trail.depth = level;
}

/**
 * Removes duplicates from a set by comparing the elements' JSON. Equal elements have equal JSON, unless their writer
 * orders members differently. The sources must already be known to be shallow.
 */
export function distinct(elements: unknown[], sources: readonly unknown[]): unknown[] {
  if (elements.length < 2) return elements;
  const exact = (_: string, part: unknown) => (typeof part === 'bigint' ? `${part}` : part);
  const seen = new Set<unknown>();
  return elements.filter((_, index) => {
    const source = sources[index];
    const before = seen.size;
    seen.add(typeof source === 'object' ? JSON.stringify(source, exact) : source);
    return seen.size > before;
  });
}
