import { structTable } from '../../dsl/schema/struct-table.ts';
import { call, code, type Expression, object, stringText } from './expression.ts';
import { fieldExpression, fieldsExpression } from './field-expression.ts';
import type { OwnFields } from './own-fields.ts';

const STOCK = /^(prod|devel|test|staging\d*)$/;
/** Fields that are written first, in the order in which people look for them. */
const FIRST = ['cluster', 'role', 'environment', 'name', 'instances', 'cronSchedule', 'task'];

const inReadingOrder = (form: OwnFields): OwnFields =>
  Object.fromEntries([
    ...FIRST.filter((name) => form[name] !== undefined).map((name) => [name, form[name]]),
    ...Object.entries(form).filter(([name]) => !FIRST.includes(name)),
  ]);

const environmentExpression = (name: string): Expression =>
  STOCK.test(name) ? code(stringText(name)) : call('environment', code(stringText(name)));

function entriesOf(form: OwnFields): (readonly [string, Expression])[] {
  const fields = fieldsExpression('Job', inReadingOrder(form));
  const entries = fields.kind === 'object' ? fields.entries : [];
  return entries.map(([name, value]) => {
    if (name === 'environment') return [name, environmentExpression(String(form.environment))];
    if (name === 'cronSchedule' && /^\S+( \S+){4}$/.test(String(form.cronSchedule)))
      return [name, call('cron', code(stringText(String(form.cronSchedule))))];
    return [name, value];
  });
}

/** A whole job: `Service({ ... })` for a service, otherwise `Job({ ... })`. */
export function jobExpression(form: OwnFields): Expression {
  const { service, ...rest } = form;
  return service === true ? call('Service', object(entriesOf(rest))) : call('Job', object(entriesOf(form)));
}

const isForm = (value: unknown): value is OwnFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A job as a copy of another one with its differences: `api.with({ environment: 'devel', instances: 1 })`. */
export function copyExpression(name: string, of: OwnFields, form: OwnFields): Expression {
  const changed: [string, unknown][] = [];
  for (const key of new Set([...Object.keys(form), ...Object.keys(of)]))
    if (JSON.stringify(form[key]) !== JSON.stringify(of[key])) changed.push([key, form[key]]);
  const set = Object.fromEntries(changed.filter(([, value]) => value !== undefined));
  const unset = changed
    .filter(([, value]) => value === undefined)
    .map(([key]) => [key, defaultExpression(key)] as const);
  const entries = entriesOf(set).map(
    ([key, value]) => [key, key === 'task' ? taskChange(of.task, form.task, value) : value] as const,
  );
  return call(`${name}.with`, object([...entries, ...unset]));
}

/** The default of a field if that is a number or boolean; otherwise `undefined`, which resets any field. */
function defaultExpression(key: string): Expression {
  const value = structTable('Job')?.[key]?.default;
  return code(typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'undefined');
}

/** The change of a task: only its resources if nothing else differs, which is the usual case; otherwise all of it. */
function taskChange(before: unknown, after: unknown, whole: Expression): Expression {
  if (!isForm(before) || !isForm(after)) return whole;
  const { resources: old, ...others } = before;
  const { resources: now, ...rest } = after;
  if (JSON.stringify(others) !== JSON.stringify(rest) || !isForm(old) || !isForm(now)) return whole;
  return object([['resources', fieldExpression('resources', structTable('Task')?.resources?.type, now)]]);
}
