import { templateFault } from './fault.ts';
import { handlebarsPath } from './handlebars-path.ts';

/** One step of an address: `.name` or `[key]`. */
export interface AddressStep {
  readonly kind: 'name' | 'key';
  readonly text: string;
}

/** A parsed reference: `a.b[c]`. `prefixes[n]` is the text of its first n + 1 steps. */
export interface TemplateAddress {
  readonly steps: readonly AddressStep[];
  readonly prefixes: readonly string[];
  /** The whole address in its normal form, without a leading dot. */
  readonly text: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const KEY = /^[A-Za-z0-9_\-./]+$/;

const known = new Map<string, TemplateAddress>();
/** Limit of the cache: files name few addresses, but one that generates them endlessly must not fill the memory. */
const MOST_KNOWN = 10_000;

/**
 * Parses the text between double braces, or a name in `bind`. Throws an `invalid-reference` fault when it is no address.
 */
export function parseAddress(text: string): TemplateAddress {
  let address = known.get(text);
  if (!address) {
    address = addressOf(stepsOf(text));
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(text, address);
  }
  return address;
}

/** The address without its first `count` steps. */
export const afterSteps = (address: TemplateAddress, count: number): TemplateAddress =>
  addressOf(address.steps.slice(count));

function addressOf(steps: readonly AddressStep[]): TemplateAddress {
  let text = '';
  const prefixes = steps.map((step, index) => {
    text += step.kind === 'key' ? `[${step.text}]` : index === 0 ? step.text : `.${step.text}`;
    return text;
  });
  return { steps, prefixes, text };
}

function stepsOf(text: string): readonly AddressStep[] {
  const parts = handlebarsPath(text);
  if (typeof parts === 'string') throw templateFault('invalid-reference', `{{${text}}} ${parts}`);
  return parts.map((part) => {
    const key = part.startsWith('[');
    const step: AddressStep = key ? { kind: 'key', text: part.slice(1, -1) } : { kind: 'name', text: part };
    if ((key ? KEY : NAME).test(step.text)) return step;
    const what = key
      ? 'keys are made of letters, digits and - . / _'
      : 'names are made of letters, digits and _';
    throw templateFault('invalid-reference', `{{${text}}} is not a reference: ${what}`);
  });
}
