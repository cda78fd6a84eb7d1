import type { Wire } from '../api/index.ts';
import type { PathStep } from '../dsl/resolve/problem.ts';
import { configForm, type Form } from './config-form.ts';

/** One field that differs between two configurations. */
export interface FieldChange {
  /**
   * The path from the job to the field, in the language's names. A list entry has its index in `after`, or in `before`
   * when it was removed.
   */
  readonly path: readonly PathStep[];
  /** The path as text for people: list entries that have a name appear by that name. */
  readonly name: string;
  /** Undefined when the field was not set. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/**
 * The fields in which two configurations differ, in the order of the job's fields. A field that both the scheduler and
 * the executor have is listed once. The order of fields and of sets and the spacing of the executor's JSON do not
 * matter.
 */
export function configChanges(before: Wire<'TaskConfig'>, after: Wire<'TaskConfig'>): readonly FieldChange[] {
  const [old, now] = [configForm(before), configForm(after)];
  const own = old.job && now.job ? changesOf(old.job, now.job, [], '') : [];
  const others = changesOf(old.scheduler, now.scheduler, [], '');
  const said = (change: FieldChange) => own.some(({ path }) => isWithin(path, change.path));
  return [...own, ...others.filter((change) => !said(change))];
}

const isWithin = (a: readonly PathStep[], b: readonly PathStep[]): boolean => {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.every((step, at) => long[at] === step);
};

const isForm = (value: unknown): value is Form =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function changesOf(
  before: unknown,
  after: unknown,
  path: readonly PathStep[],
  name: string,
): readonly FieldChange[] {
  if (isForm(before) && isForm(after)) {
    const keys = [...Object.keys(after), ...Object.keys(before).filter((key) => !(key in after))];
    return keys.flatMap((key) =>
      changesOf(before[key], after[key], [...path, key], name ? `${name}.${key}` : key),
    );
  }
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path, name);
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [
    {
      path,
      name,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
  ];
}

/**
 * Compares two lists. When all entries have names, entries of the same name are compared, so that inserting one does
 * not change the others.
 */
function listChanges(
  before: readonly unknown[],
  after: readonly unknown[],
  path: readonly PathStep[],
  name: string,
): readonly FieldChange[] {
  const names = { before: namesIn(before), after: namesIn(after) };
  const at = (index: number, entry: string | number, old: unknown, now: unknown) =>
    changesOf(old, now, [...path, index], `${name}[${entry}]`);
  if (!names.before || !names.after) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => at(index, index, before[index], after[index])).flat();
  }
  const old = new Map(names.before.map((entry, index) => [entry, before[index]]));
  const kept = new Set(names.after);
  return [
    ...names.after.flatMap((entry, index) => at(index, entry, old.get(entry), after[index])),
    ...names.before.flatMap((entry, index) =>
      kept.has(entry) ? [] : at(index, entry, before[index], undefined),
    ),
  ];
}

/** The names of all entries; undefined unless each has a name of its own. */
function namesIn(entries: readonly unknown[]): readonly string[] | undefined {
  const names = entries.map((entry) => (isForm(entry) ? entry.name : undefined));
  const distinct = new Set(names);
  return names.every((name) => typeof name === 'string') && distinct.size === names.length
    ? (names as string[])
    : undefined;
}
