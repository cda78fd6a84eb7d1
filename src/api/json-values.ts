import { asI32, asI64, fail, misfit } from './checks.ts';
import type { I64 } from './i64.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { type Trail, trailFrom } from './trail.ts';

/** A walk over parsed JSON, for both JSON encodings. */
export interface JsonWalk {
  readonly limits: Limits;
  readonly trail: Trail;
}

export const jsonWalk = (root: string, limits: Partial<Limits> = {}): JsonWalk => ({
  limits: { ...DEFAULT_LIMITS, ...limits },
  trail: trailFrom(root),
});

/** Refuses a text of more bytes (for a string: characters) than the limits allow. */
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

/** An i64 as the JSON parser hands it over. */
export const jsonI64 = (value: unknown, { trail }: JsonWalk): I64 => asI64(value, trail);

export const jsonI32 = (value: unknown, { trail }: JsonWalk): number => asI32(value, trail);

const UNUSUAL = ['NaN', 'Infinity', '-Infinity'];

/** A double; those that JSON has no number for are texts. */
export function jsonDouble(value: unknown, { trail }: JsonWalk): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  return UNUSUAL.includes(value as string) ? Number(value) : misfit(value, 'a double', trail);
}

/** A double as JSON text. */
export const doubleText = (value: number): string => {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
};

const SURROGATE = /[\ud800-\udfff]/;
const HALF_PAIR = /\p{Surrogate}/gu;

/** A text; half a surrogate pair, which an escape can smuggle in, becomes U+FFFD as it would in UTF-8. */
export function jsonText(value: unknown, { limits, trail }: JsonWalk): string {
  if (typeof value !== 'string') return misfit(value, 'a string', trail);
  if (value.length > limits.maxStringBytes) fail('size-limit', `a text of ${value.length} characters`, trail);
  // The second expression reads code points, which takes ten times as long; few texts need it.
  return SURROGATE.test(value) ? value.replace(HALF_PAIR, '\uFFFD') : value;
}

/** Base64 with or without padding. */
export function jsonBytes(value: unknown, { trail }: JsonWalk): Uint8Array {
  if (typeof value !== 'string') return misfit(value, 'base64', trail);
  const digits = value.replace(/={0,2}$/, '').length;
  const bytes = Buffer.from(value, 'base64');
  // The decoder passes over what is no digit: then it yields fewer bytes than the digits make.
  if (digits % 4 === 1 || bytes.length !== Math.floor((digits * 3) / 4))
    return misfit(value, 'base64', trail);
  return Uint8Array.from(bytes);
}

export const base64Of = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** Holds a value that nobody asked for to the same depth as others. */
export function assertShallow(value: unknown, walk: JsonWalk): void {
  if (typeof value !== 'object' || value === null) return;
  const level = descendJson(walk);
  for (const part of Object.values(value)) assertShallow(part, walk);
  walk.trail.depth = level;
}

/**
 * The elements of a set without those whose source was there before. Equal elements have equal JSON, unless their
 * writer orders members differently. The sources must be known to be shallow.
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
