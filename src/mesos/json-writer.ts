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

/** The JSON of lists that are written again and again, without their brackets, as UTF-8. */
const listBytes = new WeakMap<readonly unknown[], () => Buffer>();

/** Tells where the JSON of a list's items is, joined by commas; it is then taken as it is, and not made from the items. */
export const tellListBytes = (list: readonly unknown[], bytes: () => Buffer): void =>
  void listBytes.set(list, bytes);

/** The same for a list that never changes: its JSON is made at the first use. */
export function tellWritten<N extends MessageName>(name: N, list: readonly MesosMessage<N>[]): void {
  let bytes: Buffer | undefined;
  tellListBytes(list, () => {
    bytes ??= Buffer.from(list.map((item) => toJson(name, item)).join());
    return bytes;
  });
}

/** Stands for bytes of a list in the text around them; no JSON contains it. */
const PLACE = '\u0000';
/** The bytes for the places of the text that is being written; undefined: they are made text of. */
let placed: Buffer[] | undefined;

function writeBytes(bytes: Buffer): string {
  if (bytes.length === 0) return '';
  placed?.push(bytes);
  return `[${placed ? PLACE : bytes.toString()}]`;
}

function writeField(field: FieldPlan): Write {
  const one = writeOne(field);
  if (field.rule === 'repeated')
    return (value) => {
      const items = value as readonly unknown[];
      const known = listBytes.get(items);
      if (known) return writeBytes(known());
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

/** Numbers below this are ports, of which a table of texts is worth its memory. */
const PORTS = 65_536;

/** The texts around a small number, each made once. */
function textsAround(before: string, after: string): (number: number) => string {
  const around = (number: number) => `${before}${number}${after}`;
  let known: (string | undefined)[] | undefined;
  return (number) => {
    if (!Number.isInteger(number) || number < 0 || number >= PORTS) return around(number);
    // With its full length from the start: V8 keeps a list that begins with port 31000 as a slow table.
    known ??= new Array(PORTS);
    known[number] ??= around(number);
    return known[number];
  };
}

const beginText = textsAround('{"begin":', ',');
const endText = textsAround('"end":', '}');

/** An agent with two hundred tasks has two hundred ranges of free ports in each of its offers. */
const writeRange: Write = (value) => {
  const { begin, end } = value as MesosMessage<'Value.Range'>;
  return beginText(begin) + endText(end);
};

const writers = new Map<MessageName, Write>([['Value.Range', writeRange]]);

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

/** The same in pieces: text, and between them the bytes of lists that were told with `tellListBytes`, without a copy. */
export function toJsonPieces<N extends MessageName>(name: N, message: MesosMessage<N>): (string | Buffer)[] {
  placed = [];
  try {
    const texts = toJson(name, message).split(PLACE);
    const lists = placed;
    return texts.flatMap((text, at) => (at === 0 ? [text] : [lists[at - 1] as Buffer, text]));
  } finally {
    placed = undefined;
  }
}
