import { isWrittenBase64 } from './base64-form.ts';
import { type FieldPlan, planOf } from './messages/plan.ts';
import type { MessageScalar } from './messages/schema.ts';
import { ENUMS, type MessageName } from './messages/table.ts';

type Fits = (value: unknown) => boolean;

const isString: Fits = (value) => typeof value === 'string';
const isNumber: Fits = (value) => typeof value === 'number';

function scalarFit(type: MessageScalar): Fits {
  switch (type) {
    case 'string':
      return isString;
    case 'bytes':
      return (value) => isString(value) && isWrittenBase64(value as string);
    case 'bool':
      return (value) => typeof value === 'boolean';
    case 'double':
    case 'float':
      return isNumber;
    default:
      return Number.isInteger;
  }
}

function oneFit(field: FieldPlan): Fits {
  if (field.kind === 'scalar') return scalarFit(field.type);
  if (field.kind === 'enum') {
    const values: ReadonlySet<unknown> = new Set(Object.keys(ENUMS[field.type]));
    return (value) => values.has(value);
  }
  const { type } = field;
  let fit: Fits | undefined;
  // Looked up at the first use, because messages contain one another.
  return (value) => {
    fit ??= fitOf(type);
    return fit(value);
  };
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function fieldFit(field: FieldPlan): Fits {
  const one = oneFit(field);
  if (field.rule === 'repeated')
    return (value) => Array.isArray(value) && value.length > 0 && value.every(one);
  if (field.rule !== 'map') return one;
  return (value) => {
    const items = isObject(value) ? Object.values(value) : [];
    return items.length > 0 && items.every(one);
  };
}

function makeFit(name: MessageName): Fits {
  const { fields, required } = planOf(name);
  const fits = new Map(fields.map((field) => [field.name, fieldFit(field)]));
  return (value) => {
    if (!isObject(value)) return false;
    const message = value as Record<string, unknown>;
    for (const member in message) if (!fits.get(member)?.(message[member])) return false;
    for (const member of required) if (message[member] === undefined) return false;
    return true;
  };
}

const known = new Map<MessageName, Fits>();

/** Returns the check of a message type. Each is compiled only once, because a master reads messages all the time. */
function fitOf(name: MessageName): Fits {
  const same = known.get(name);
  if (same) return same;
  const made = makeFit(name);
  known.set(name, made);
  return made;
}

/**
 * Whether a JSON value is already a complete message in the form in which we keep messages, so that nothing needs
 * converting. Nearly everything that programs send is; the lenient reading, which copies member by member, costs
 * several times as much as this check.
 */
export const isMessage = (name: MessageName, value: unknown): boolean => fitOf(name)(value);
