import { type AnyMessage, type FieldPlan, planOf } from './messages/plan.ts';
import type { Scalar } from './messages/schema.ts';
import { ENUMS, type MessageName } from './messages/table.ts';

function isScalar(type: Scalar, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'bytes':
      return typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value;
    case 'bool':
      return typeof value === 'boolean';
    case 'double':
    case 'float':
      return typeof value === 'number';
    default:
      return Number.isInteger(value);
  }
}

function isOne(field: FieldPlan, value: unknown): boolean {
  if (field.kind === 'scalar') return isScalar(field.type, value);
  if (field.kind === 'message') return isMessage(field.type, value);
  return typeof value === 'string' && Object.hasOwn(ENUMS[field.type], value);
}

function isField(field: FieldPlan, value: unknown): boolean {
  if (field.rule === 'repeated')
    return Array.isArray(value) && value.length > 0 && value.every((item) => isOne(field, item));
  if (field.rule !== 'map') return isOne(field, value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const items = Object.values(value);
  return items.length > 0 && items.every((item) => isOne(field, item));
}

/**
 * Whether a JSON value is a complete message in just the form in which messages are kept, so that there is nothing to
 * convert. Nearly all that programs send is; reading it leniently, member by member into new objects, costs several
 * times as much as this look.
 */
export function isMessage(name: MessageName, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { byName, required } = planOf(name);
  const message = value as AnyMessage;
  for (const member of Object.keys(message)) {
    const field = byName.get(member);
    if (!field || !isField(field, message[member])) return false;
  }
  for (const member of required) if (message[member] === undefined) return false;
  return true;
}
