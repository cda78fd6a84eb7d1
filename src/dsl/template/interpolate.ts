import { parseAddress } from './address.ts';
import { coerce, isScalarType } from './coerce.ts';
import { templateFault } from './fault.ts';
import { scalarText } from './number-text.ts';
import type { Found, Scope } from './scopes.ts';

/** A text after filling in, and the addresses that stay in it, each once, in order. */
interface Interpolated {
  readonly text: string;
  readonly unbound: readonly string[];
  /** Addresses that stand in it because an escape has lost its last `&`: `{{&x}}` reads `{{x}}` now. */
  readonly escaped: readonly string[];
}

/** Rounds of filling in before a text counts as endless; the original's limit. */
const MOST_ROUNDS = 100;
/** Values inside values inside values: deeper than this is endless, too. */
const MOST_DEPTH = 50;
/** Text that grows beyond this, in UTF-16 units, is endless: the original runs out of memory instead. */
const MOST_LENGTH = 1_048_576;

const TOKEN = /\{\{([^{}]+)\}\}/g;
const ESCAPE = /^&(.+?)&?$/s;

/**
 * Fills in references, again and again until nothing changes. Each scope is asked in turn; what nobody knows stays, in
 * its normal form. `{{&x}}` loses one `&` a call. Throws a template fault for text between braces that is no address,
 * and for a text that does not settle.
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

/** What is found is first filled in where it stands; what that leaves open is the reader's to fill in. */
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
    if (escaped === undefined) throw templateFault('invalid-reference', `{{${inner}}} is no reference`);
    if (!escaped.startsWith('&')) bare.add(escaped);
    return `{{${escaped}}}`;
  });
  return { text: final, unbound: [...unbound], escaped: [...bare] };
}
