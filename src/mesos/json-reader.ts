import { AuroraError } from '../base/errors.ts';
import { isMessage } from './json-fit.ts';
import { findFault } from './json-syntax.ts';
import { type AnyMessage, type FieldPlan, missingFields, planOf } from './messages/plan.ts';
import type { MessageScalar } from './messages/schema.ts';
import { ENUMS, type MesosMessage, type MessageName } from './messages/table.ts';

/** A JSON value that does not fit the table. The text is Mesos' own wording. */
class Misfit extends Error {}

const SYNTAX_PREFIX = 'Failed to parse body into JSON: ';

function parseText(text: string, prefix: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const fault = findFault(text);
    const cause =
      'trailing' in fault
        ? `Parsed JSON included non-whitespace trailing characters: ${fault.trailing}`
        : `syntax error at line ${fault.line} near: ${fault.near}`;
    throw new Misfit(prefix + cause);
  }
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;

const refuse = (value: unknown, field: FieldPlan): never => {
  throw new Misfit(`Not expecting a JSON ${kindOf(value)} for field '${field.name}'`);
};

/** Reads a number or boolean that was sent as text. */
function fromText(text: string, wanted: 'number' | 'boolean', field: FieldPlan): unknown {
  const prefix = `Failed to parse '${text}' as a JSON ${wanted} for field '${field.name}': `;
  const value = parseText(text, prefix);
  if (kindOf(value) !== wanted) throw new Misfit(`${prefix}Unexpected JSON type parsed`);
  return value;
}

/** Checks base64 the way Mesos does (blanks are skipped, `=` ends it) and returns the standard form. */
function readBytes(text: string, field: FieldPlan): string {
  const digits = (text.split('=', 1)[0] as string).replace(/\s/g, '');
  const bad = /[^A-Za-z0-9+/]/.exec(digits);
  if (bad)
    throw new Misfit(`Failed to base64 decode bytes field '${field.name}': Invalid character '${bad[0]}'`);
  return Buffer.from(digits, 'base64').toString('base64');
}

function readNumber(type: MessageScalar, value: unknown, field: FieldPlan): number {
  const isDouble = type === 'double' || type === 'float';
  if (isDouble && (value === 'Infinity' || value === '-Infinity')) return Number(value);
  const number = typeof value === 'string' ? fromText(value, 'number', field) : value;
  // JSON.parse makes Infinity of 1e400, which no whole number is.
  if (typeof number !== 'number' || (!isDouble && !Number.isFinite(number))) return refuse(value, field);
  return isDouble ? number : Math.trunc(number);
}

function readScalar(type: MessageScalar, value: unknown, field: FieldPlan): unknown {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : refuse(value, field);
    case 'bytes':
      return typeof value === 'string' ? readBytes(value, field) : refuse(value, field);
    case 'bool': {
      const flag = typeof value === 'string' ? fromText(value, 'boolean', field) : value;
      return typeof flag === 'boolean' ? flag : refuse(value, field);
    }
    default:
      return readNumber(type, value, field);
  }
}

/** Reads one value; undefined when it counts as absent. */
function readOne(field: FieldPlan, value: unknown): unknown {
  if (value === null) return undefined;
  if (field.kind === 'scalar') return readScalar(field.type, value, field);
  if (field.kind === 'message')
    return kindOf(value) === 'object' ? readMessage(field.type, value as object) : refuse(value, field);
  if (typeof value !== 'string') return refuse(value, field);
  if (Object.hasOwn(ENUMS[field.type], value)) return value;
  if (field.rule === 'required') throw new Misfit(`Failed to find enum for '${value}'`);
  return undefined;
}

function readField(field: FieldPlan, value: unknown): unknown {
  if (field.rule === 'repeated') {
    const items = (Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value])
      .map((item) => readOne(field, item))
      .filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (field.rule !== 'map') return readOne(field, value);
  if (value === null) return undefined;
  if (kindOf(value) !== 'object') return refuse(value, field);
  const entries = Object.entries(value as object).map(([key, item]) => [key, readOne(field, item)]);
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

/** Reads members in alphabetical order, so that of several faults we report the same one as Mesos. */
function readMessage(name: MessageName, source: object): AnyMessage {
  const { byName } = planOf(name);
  const message: AnyMessage = {};
  for (const [member, value] of Object.entries(source).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const field = byName.get(member);
    const read = field && readField(field, value);
    if (read !== undefined) message[member] = read;
  }
  return message;
}

/**
 * Reads a message as leniently as Mesos does: unknown members are ignored, null counts as absent, `"1.5"` is accepted as
 * a number and `"true"` as a boolean, a single value as a one-element list, and an unknown enum name as an absent field.
 * @throws AuroraError CODEC whose text is the body of Mesos' 400 answer (`Failed to parse body into JSON: ...`, `Failed
 * to convert JSON into Call protobuf: ...`). Source: golden/mesos facts 14, 15, 17, 18.
 */
export function parseJson<N extends MessageName>(name: N, text: string): MesosMessage<N> {
  try {
    const value = parseText(text, SYNTAX_PREFIX);
    if (isMessage(name, value)) return value as MesosMessage<N>;
    if (kindOf(value) !== 'object') throw new Misfit('Expecting a JSON object');
    const message = readMessage(name, value as object);
    const missing = missingFields(name, message);
    if (missing.length > 0) throw new Misfit(`Missing required fields: ${missing.join(', ')}`);
    return message as MesosMessage<N>;
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const short = name.replace(/^(?:Scheduler|Executor)(?=Call$|Event$)/, '');
    const isSyntax = error.message.startsWith(SYNTAX_PREFIX);
    throw new AuroraError(
      'CODEC',
      isSyntax ? error.message : `Failed to convert JSON into ${short} protobuf: ${error.message}`,
    );
  }
}
