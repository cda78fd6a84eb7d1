import { type FieldPlan, planOf } from './messages/plan.ts';
import type { MessageScalar } from './messages/schema.ts';
import type { MesosMessage, MessageName } from './messages/table.ts';

type Write = (value: unknown) => string;

/** How a member is written; an empty result omits it. */
interface Member {
  readonly name: string;
  readonly label: string;
  readonly fallback: FieldPlan['fallback'];
  readonly write: Write;
}

/** Doubles always have a fraction or an exponent. JSON has no infinities, so Mesos writes them as text. */
function writeDouble(value: unknown): string {
  if (!Number.isFinite(value)) return JSON.stringify(String(value));
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Does what JSON.stringify does, several times faster for numbers. */
const writePlain = (value: unknown): string =>
  typeof value === 'number' && Number.isFinite(value) ? `${value}` : JSON.stringify(value);

const writeScalar = (type: MessageScalar): Write =>
  type === 'double' || type === 'float' ? writeDouble : writePlain;

function writeOne(field: FieldPlan): Write {
  if (field.kind !== 'message') return field.kind === 'enum' ? JSON.stringify : writeScalar(field.type);
  const { type } = field;
  let write: Write | undefined;
  // Looked up at the first use, because messages contain one another.
  return (value) => {
    write ??= writerOf(type);
    return write(value);
  };
}

/** The texts of lists that are written again and again, without their brackets. */
const listTexts = new WeakMap<readonly unknown[], string>();

/**
 * Tells the text of a list's items, joined by commas; `toJson` then takes it as it is. To be told anew whenever the list
 * changes.
 */
export const tellListText = (list: readonly unknown[], text: string): void => void listTexts.set(list, text);

function writeField(field: FieldPlan): Write {
  const one = writeOne(field);
  if (field.rule === 'repeated')
    return (value) => {
      const items = value as readonly unknown[];
      const known = listTexts.get(items);
      if (known !== undefined) return known === '' ? '' : `[${known}]`;
      let text = '';
      for (const item of items) text += text === '' ? one(item) : `,${one(item)}`;
      return text === '' ? '' : `[${text}]`;
    };
  if (field.rule === 'map')
    return (value) => {
      const members = Object.entries(value as object).map(
        ([key, item]) => `${JSON.stringify(key)}:${one(item)}`,
      );
      return members.length === 0 ? '' : `{${members.join()}}`;
    };
  return one;
}

function makeWriter(name: MessageName): Write {
  const members = planOf(name).fields.map(
    (field): Member => ({
      name: field.name,
      label: `"${field.name}":`,
      fallback: field.fallback,
      write: writeField(field),
    }),
  );
  return (message) => {
    let text = '';
    for (const { name: member, label, fallback, write } of members) {
      const value = (message as Record<string, unknown>)[member] ?? fallback;
      const written = value === undefined ? '' : write(value);
      if (written !== '') text += text === '' ? label + written : `,${label}${written}`;
    }
    return `{${text}}`;
  };
}

const writers = new Map<MessageName, Write>();

/** Returns the writer of a message type. Each is compiled only once, because a master writes messages all the time. */
function writerOf(name: MessageName): Write {
  const known = writers.get(name);
  if (known) return known;
  const made = makeWriter(name);
  writers.set(name, made);
  return made;
}

/**
 * Writes a message as Mesos does: no blanks, members in table order, defaults included, empty lists omitted, doubles
 * with a fraction (`15.0`). Members that the table does not know are omitted.
 * Source: recorded streams (golden/mesos facts 7, 8) and Mesos' jsonify of protobuf messages.
 */
export const toJson = <N extends MessageName>(name: N, message: MesosMessage<N>): string =>
  writerOf(name)(message);
