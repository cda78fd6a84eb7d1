import { createHash } from 'node:crypto';
import { type TaskConfig, TYPES, type TypeName } from '../../api/index.ts';

/**
 * Equality of API values as the original has it: unset differs from empty only where normalising leaves it so, and the
 * order in sets does not matter.
 */
type Fields = Readonly<Record<string, readonly [id: number, type: string, presence?: unknown]>>;

function fieldsOf(type: string): Fields | undefined {
  const definition = TYPES[type as TypeName] as { struct?: Fields; union?: Fields } | undefined;
  return definition?.struct ?? definition?.union;
}

const elementOf = (type: string): string => type.slice(type.indexOf('<') + 1, -1);

/** The same text for equal values of an API type, and another one for others. */
export function canonicalText(type: string, value: unknown): string {
  const fields = fieldsOf(type);
  if (fields) {
    const record = value as Record<string, unknown>;
    const parts = Object.entries(fields).flatMap(([name, [id, fieldType]]) =>
      record[name] === undefined ? [] : [`${id}=${canonicalText(fieldType, record[name])}`],
    );
    return `{${parts.join(',')}}`;
  }
  if (type.startsWith('set<')) {
    const elements = new Set((value as unknown[]).map((element) => canonicalText(elementOf(type), element)));
    return `[${[...elements].sort().join(',')}]`;
  }
  if (type.startsWith('list<')) {
    return `[${(value as unknown[]).map((element) => canonicalText(elementOf(type), element)).join(',')}]`;
  }
  if (type.startsWith('map<')) {
    const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}=${JSON.stringify(item)}`).join(',')}}`;
  }
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

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
