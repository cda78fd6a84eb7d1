/** Fields that are sets on the wire: their order means nothing. */
const SETS = new Set([
  'statuses',
  'instances',
  'instanceIds',
  'shardIds',
  'hostNames',
  'jobKeys',
  'taskIds',
  'resources',
  'constraints',
  'values',
  'metadata',
  'updateOnlyTheseInstances',
  'updateStatuses',
]);

/** A value in a form in which equal values have equal JSON: sets and keys sorted, executor data parsed. */
export function comparable(value: unknown, field = ''): unknown {
  if (field === 'data' && typeof value === 'string') return comparable(jsonOr(value));
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item));
    return SETS.has(field) ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, comparable(item, name)]),
  );
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The value at a dotted path. */
export const at = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((inner, step) => (inner as Record<string, unknown> | undefined)?.[step], value);
