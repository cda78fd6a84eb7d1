import { ENUMS } from '../api/index.ts';
import type { ListedTask } from './tasks.ts';

/** The booleans that the original writes as booleans; it writes all others as 0 or 1. */
const REAL_BOOLEANS = new Set(['isService', 'production']);

/**
 * A task in the form of `job status --write-json`: field names are those of the API, `status` is a name, and the only
 * other enum (`mode` of a volume) is a number. Source: the original's serializer; scripts read its output.
 */
export const taskForm = (task: ListedTask): unknown => form(task, '');

function form(value: unknown, field: string): unknown {
  if (typeof value === 'boolean') return REAL_BOOLEANS.has(field) ? value : Number(value);
  if (typeof value === 'bigint') return Number(value);
  if (field === 'mode') return ENUMS.Mode[value as keyof typeof ENUMS.Mode];
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item) => form(item, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, form(item, name)]));
}
