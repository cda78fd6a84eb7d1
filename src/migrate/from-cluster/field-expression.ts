import { structTable } from '../../dsl/schema/struct-table.ts';
import type { SchemaFieldType } from '../../dsl/schema/table.ts';
import { call, code, type Expression, list, object, stringText } from './expression.ts';
import type { ChosenStruct, OwnFields } from './own-fields.ts';
import { textExpression } from './text-expression.ts';

/** Structs written with their name; others are plain objects, since the language knows the struct from the field. */
const NAMED = new Set(['Process', 'Resources', 'UpdateConfig']);

const BYTES = new Set(['ram', 'disk', 'logSize']);
const SECONDS = new Set([
  'finalizationWait',
  'minDuration',
  'watchSecs',
  'pulseIntervalSecs',
  'startTimeoutSecs',
  'durationSecs',
  'delaySecs',
]);

/** The largest unit that divides the value: GB for 2147483648, which is 2 GB. */
function inUnits(value: number, units: readonly (readonly [string, number])[]) {
  return units.find(([, size]) => value >= size && value % size === 0);
}

const SIZES = [
  ['TB', 2 ** 40],
  ['GB', 2 ** 30],
  ['MB', 2 ** 20],
  ['KB', 2 ** 10],
] as const;
const TIMES = [
  ['days', 86_400],
  ['hours', 3600],
  ['mins', 60],
] as const;

function numberExpression(name: string, value: number): Expression {
  if (BYTES.has(name)) {
    const [unit, size] = inUnits(value, SIZES) ?? [];
    return unit && size ? code(`${value / size} * ${unit}`, unit) : code(String(value));
  }
  if (!SECONDS.has(name)) return code(String(value));
  const [unit, size] = inUnits(value, TIMES) ?? ['secs', 1];
  return call(unit, code(String(value / size)));
}

/** The expression for a constraint such as `limit:1`, `!a,b` or `a,b`, or for machines dedicated to a role. */
function constraintExpression(attribute: string, text: string): Expression {
  const [, count] = /^limit:(\d+)$/.exec(text) ?? [];
  if (count !== undefined) return call('limit', code(count));
  const words = (values: string) => values.split(',').map((value) => code(stringText(value)));
  if (text.startsWith('!')) return call('not', ...words(text.slice(1)));
  if (text.includes(',')) return call('oneOf', ...words(text));
  const [, role, group] = attribute === 'dedicated' ? (/^([^/]+)\/(.+)$/.exec(text) ?? []) : [];
  if (role !== undefined && group !== undefined)
    return call('dedicated', code(stringText(role)), code(stringText(group)));
  return textExpression(text);
}

/** The value of a field as a job file would write it. */
export function fieldExpression(name: string, type: SchemaFieldType | undefined, value: unknown): Expression {
  if (typeof value === 'string') return textExpression(value);
  if (typeof value === 'number') return numberExpression(name, value);
  if (type?.kind === 'struct') return structExpression(type.name, value as OwnFields);
  if (type?.kind === 'choice') {
    const { struct, fields } = value as ChosenStruct;
    return call(struct, fieldsExpression(struct, fields));
  }
  if (type?.kind === 'list')
    return list((value as readonly unknown[]).map((item) => fieldExpression(name, type.of, item)));
  if (type?.kind === 'map')
    return object(
      Object.entries(value as OwnFields).map(([key, item]) => [
        key,
        name === 'constraints'
          ? constraintExpression(key, String(item))
          : fieldExpression(name, type.of, item),
      ]),
    );
  return code(JSON.stringify(value));
}

/** The fields of a struct as one object. */
export function fieldsExpression(struct: string, value: OwnFields): Expression {
  const table = structTable(struct) ?? {};
  return object(
    Object.entries(value).map(([name, item]) => [name, fieldExpression(name, table[name]?.type, item)]),
  );
}

export function structExpression(struct: string, value: OwnFields): Expression {
  if (struct === 'Task') return taskExpression(value);
  if (struct === 'LifecycleConfig' && Object.keys(value).length === 0)
    return code('DisableLifecycle', 'DisableLifecycle');
  const fields = fieldsExpression(struct, value);
  return NAMED.has(struct) ? call(struct, fields) : fields;
}

const ordersOf = (value: OwnFields): readonly (readonly string[])[] =>
  ((value.constraints ?? []) as readonly { readonly order: readonly string[] }[]).map(({ order }) => order);

/** A task: sequential if one order covers all its processes as listed; otherwise each order becomes an `order(...)`. */
export function taskExpression(value: OwnFields): Expression {
  const { constraints: _, ...rest } = value;
  const names = ((value.processes ?? []) as readonly OwnFields[]).map(({ name }) => name);
  const orders = ordersOf(value);
  if (orders.length === 1 && JSON.stringify(orders[0]) === JSON.stringify(names))
    return call('SequentialTask', fieldsExpression('Task', rest));
  const fields = fieldsExpression('Task', rest);
  if (orders.length === 0 || fields.kind !== 'object') return call('Task', fields);
  const texts = orders.map((order) => `...order(${order.map(stringText).join(', ')})`);
  const constraints = list(texts.map((text) => code(text, 'order')));
  return call('Task', object([...fields.entries, ['constraints', constraints]]));
}
