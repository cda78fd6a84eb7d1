import { parseAddress } from './address.ts';
import { coerce, isScalarType } from './coerce.ts';
import { templateFault } from './fault.ts';
import { scalarText } from './number-text.ts';
import type { Found, Scope } from './scopes.ts';

/** A text after filling in, and the distinct addresses that remain in it, in order. */
interface Interpolated {
  readonly text: string;
  readonly unbound: readonly string[];
  /** Addresses that remain because an escape has lost its last `&`: `{{&x}}` became `{{x}}`. */
  readonly escaped: readonly string[];
}

/** Limit of rounds, after which a text counts as endless; the same as the original's. */
const MOST_ROUNDS = 100;
/** Limit of nested values; deeper ones count as endless, too. */
const MOST_DEPTH = 50;
/** Limit of the text's length in UTF-16 units; longer texts count as endless. The original runs out of memory instead. */
const MOST_LENGTH = 1_048_576;

const TOKEN = /\{\{([^{}]+)\}\}/g;
const ESCAPE = /^&(.+?)&?$/s;

/**
 * Fills in references repeatedly until nothing changes. Scopes are asked in order; unknown references remain, in their
 * normal form. `{{&x}}` loses one `&` for each call. Throws a template fault for text between braces that is no
 * address, and for a text that does not settle.
 */
export function interpolate(text: string, scopes: readonly Scope[], depth = 0): Interpolated {
  if (!text.includes('{{')) return { text, unbound: NOTHING, escaped: NOTHING };
  if (depth > MOST_DEPTH) throw endless(text);
  let current = text;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = filled(current, scopes, depth);
    if (next === undefined) return settled(current);
    if (next.length > MOST_LENGTH) break;
    current = next;
  }
  throw endless(text);
}

const NOTHING: readonly string[] = [];
const endless = (text: string) =>
  templateFault('endless-template', `${short(text)} never settles: it refers to itself`);
const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

/** One round; undefined when no reference could be filled in. */
function filled(text: string, scopes: readonly Scope[], depth: number): string | undefined {
  let changed = false;
  const next = text.replaceAll(TOKEN, (whole, inner: string) => {
    if (inner.startsWith('&')) return whole;
    const address = parseAddress(inner);
    for (const scope of scopes) {
      const found = scope.lookup(address);
      if (!found) continue;
      changed = true;
      return foundText(found, depth);
    }
    return whole;
  });
  return changed ? next : undefined;
}

/** Fills in references of the found value in its own scopes first; what remains is filled in by the reader's scopes. */
function foundText({ value, type, scopes }: Found, depth: number): string {
  const inner =
    typeof value === 'string' && scopes.length > 0 ? interpolate(value, scopes, depth + 1) : undefined;
  const text = inner ? inner.text : value;
  if (!type || !isScalarType(type) || (typeof text === 'string' && text.includes('{{')))
    return scalarText(text);
  const coerced = coerce(type, text);
  if ('wanted' in coerced) {
    throw templateFault('bad-type', `${JSON.stringify(scalarText(text))} is not ${coerced.wanted}`);
  }
  const { value: typed } = coerced;
  return scalarText(type.kind === 'float' ? { kind: 'float', value: Number(typed) } : typed);
}

function settled(text: string): Interpolated {
  const unbound = new Set<string>();
  const bare = new Set<string>();
  const final = text.replaceAll(TOKEN, (_, inner: string) => {
    if (!inner.startsWith('&')) {
      const address = parseAddress(inner);
      unbound.add(address.text);
      return `{{${address.text}}}`;
    }
    const escaped = ESCAPE.exec(inner)?.[1];
    if (escaped === undefined) throw templateFault('invalid-reference', `{{${inner}}} is not a reference`);
    if (!escaped.startsWith('&')) bare.add(escaped);
    return `{{${escaped}}}`;
  });
  return { text: final, unbound: [...unbound], escaped: [...bare] };
}
