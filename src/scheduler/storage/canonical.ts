import { createHash } from 'node:crypto';
import { type TaskConfig, TYPES, type TypeName } from '../../api/index.ts';

/**
 * Equality of API values as the original defines it: unset differs from empty only where normalising leaves the
 * difference, and the order in sets does not matter.
 */
type Fields = Readonly<Record<string, readonly [id: number, type: string, presence?: unknown]>>;

type Writer = (value: unknown) => string;

const plain: Writer = (value) => (typeof value === 'bigint' ? String(value) : JSON.stringify(value));

function structWriter(definition: Fields): Writer {
  const fields = Object.entries(definition).map(
    ([name, [id, type]]) => ({ name, head: `${id}=`, write: writerOf(type) }) as const,
  );
  return (value) => {
    const record = value as Record<string, unknown>;
    let text = '';
    for (const { name, head, write } of fields) {
      const member = record[name];
      if (member !== undefined) text += (text === '' ? head : `,${head}`) + write(member);
    }
    return `{${text}}`;
  };
}

const elementOf = (type: string): string => type.slice(type.indexOf('<') + 1, -1);

function setWriter(type: string): Writer {
  const write = writerOf(elementOf(type));
  return (value) => {
    const elements = value as readonly unknown[];
    if (elements.length < 2) return `[${elements.map(write).join(',')}]`;
    return `[${[...new Set(elements.map(write))].sort().join(',')}]`;
  };
}

function listWriter(type: string): Writer {
  const write = writerOf(elementOf(type));
  return (value) => `[${(value as readonly unknown[]).map(write).join(',')}]`;
}

const mapWriter: Writer = (value) => {
  const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}=${JSON.stringify(item)}`).join(',')}}`;
};

function makeWriter(type: string): Writer {
  const definition = TYPES[type as TypeName] as { struct?: Fields; union?: Fields } | undefined;
  const fields = definition?.struct ?? definition?.union;
  if (fields) return structWriter(fields);
  if (type.startsWith('set<')) return setWriter(type);
  if (type.startsWith('list<')) return listWriter(type);
  return type.startsWith('map<') ? mapWriter : plain;
}

/** Writers by type; each is made once, because every incoming configuration is written with them. */
const writers = new Map<string, Writer>();

function writerOf(type: string): Writer {
  const known = writers.get(type);
  if (known) return known;
  // A stand-in while the writer is being made: a type may contain itself.
  writers.set(type, (value) => writerOf(type)(value));
  const writer = makeWriter(type);
  writers.set(type, writer);
  return writer;
}

/** A text that is the same for equal values of an API type and differs for unequal ones. */
export const canonicalText = (type: string, value: unknown): string => writerOf(type)(value);

const known = new WeakMap<TaskConfig, string>();

/** A short text that is the same for equal configurations and differs for others (SHA-256, base64). */
export function configKey(config: TaskConfig): string {
  let key = known.get(config);
  if (key === undefined) {
    key = createHash('sha256').update(canonicalText('TaskConfig', config)).digest('base64');
    known.set(config, key);
  }
  return key;
}
