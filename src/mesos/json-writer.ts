import { type FieldPlan, planOf } from './messages/plan.ts';
import type { Scalar } from './messages/schema.ts';
import type { Message, MessageName } from './messages/table.ts';

/** A double always shows a fraction or an exponent; JSON has no infinities, Mesos writes them as text. */
function writeDouble(value: number): string {
  if (!Number.isFinite(value)) return JSON.stringify(String(value));
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function writeScalar(type: Scalar, value: unknown): string {
  if (type === 'double' || type === 'float') return writeDouble(value as number);
  return JSON.stringify(value);
}

function writeOne(field: FieldPlan, value: unknown): string {
  if (field.kind === 'message') return writeMessage(field.type, value as Record<string, unknown>);
  return field.kind === 'enum' ? JSON.stringify(value) : writeScalar(field.type, value);
}

function writeField(field: FieldPlan, value: unknown): string | undefined {
  if (field.rule === 'repeated') {
    const items = value as readonly unknown[];
    return items.length === 0 ? undefined : `[${items.map((item) => writeOne(field, item)).join()}]`;
  }
  if (field.rule === 'map') {
    const entries = Object.entries(value as object);
    const members = entries.map(([key, item]) => `${JSON.stringify(key)}:${writeOne(field, item)}`);
    return entries.length === 0 ? undefined : `{${members.join()}}`;
  }
  return writeOne(field, value);
}

function writeMessage(name: MessageName, message: Record<string, unknown>): string {
  let members = '';
  for (const field of planOf(name).fields) {
    const value = message[field.name] ?? field.fallback;
    const text = value === undefined ? undefined : writeField(field, value);
    if (text !== undefined) members += `${members === '' ? '' : ','}"${field.name}":${text}`;
  }
  return `{${members}}`;
}

/**
 * A message as Mesos writes it: no blanks, members in table order, defaults written out, empty lists left out, doubles
 * with a fraction (`15.0`). Members that the table does not know are left out.
 * Source: recorded streams (golden/mesos facts 7, 8) and Mesos' jsonify of protobuf messages.
 */
export const toJson = <N extends MessageName>(name: N, message: Message<N>): string =>
  writeMessage(name, message as Record<string, unknown>);
