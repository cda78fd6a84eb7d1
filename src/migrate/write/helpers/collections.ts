import type { Helper } from './helper.ts';

/** Helpers for Python's lists and dictionaries. */
export const COLLECTION_HELPERS: Readonly<Record<string, Helper>> = {
  each: {
    text: `/** What a loop over a value goes through: keys of a dictionary, elements of anything else. */
function each(value: any): any[] {
  if (value instanceof Map) return [...value.keys()];
  return typeof value === 'string' || Symbol.iterator in value ? [...value] : Object.keys(value);
}`,
  },
  entries: {
    text: `/** Keys and values of a dictionary. */
function entries(value: any): [any, any][] {
  return value instanceof Map ? [...value] : Object.entries(value);
}`,
  },
  take: {
    text: `/** Takes an entry out of a dictionary; without a default it must be there. */
function take(from: any, key: any, ...otherwise: any[]): any {
  const there = from instanceof Map ? from.has(key) : Object.hasOwn(from, key);
  if (!there && otherwise.length === 0) throw Object.assign(new Error(String(key)), { name: 'KeyError' });
  const value = from instanceof Map ? from.get(key) : from[key];
  if (from instanceof Map) from.delete(key);
  else delete from[key];
  return there ? value : otherwise[0];
}`,
  },
  orSet: {
    text: `/** Python's \`setdefault\`: the entry, which is made when it is not there. */
function orSet(of: any, key: any, value: any): any {
  if (of instanceof Map) {
    if (!of.has(key)) of.set(key, value);
    return of.get(key);
  }
  if (!Object.hasOwn(of, key)) of[key] = value;
  return of[key];
}`,
  },
  removeItem: {
    text: `/** Takes the first element that is equal out of a list. */
function removeItem(from: any[], wanted: any): void {
  const at = from.findIndex((one) => equal(one, wanted));
  if (at < 0) throw Object.assign(new Error('the list has no such element'), { name: 'ValueError' });
  from.splice(at, 1);
}`,
    needs: ['equal'],
  },
  sortedBy: {
    text: `/** A sorted copy. */
function sortedBy<T>(all: Iterable<T>, key: (item: T) => any = (item) => item, reverse = false): T[] {
  const sign = reverse ? -1 : 1;
  return [...all].sort((left, right) => sign * compare(key(left), key(right)));
}`,
    needs: ['compare'],
  },
  range: {
    text: `/** Whole numbers from \`start\` up to, and without, \`end\`. */
function range(start: number, end: number, step = 1): number[] {
  return Array.from(
    { length: Math.max(0, Math.ceil((end - start) / step)) },
    (_, index) => start + index * step,
  );
}`,
  },
  zip: {
    text: `/** First elements together, second ones, and so on, as far as the shortest list goes. */
function zip(...lists: any[]): any[] {
  const all = lists.map((list) => [...list]);
  const length = Math.min(...all.map((list) => list.length));
  return Array.from({ length }, (_, index) => all.map((list) => list[index]));
}`,
  },
  product: {
    text: `/** Every combination of elements, one of each list. */
function product(...lists: any[]): any[] {
  return lists.reduce(
    (all, list) => all.flatMap((row: any[]) => [...list].map((item) => [...row, item])),
    [[]],
  );
}`,
  },
  slice: {
    text: `/** Every \`step\`th element of a slice. */
function slice(of: any, step: number, start?: number, end?: number): any {
  const { length } = of;
  const bound = (at: number) =>
    at < 0 ? Math.max(at + length, step < 0 ? -1 : 0) : Math.min(at, step < 0 ? length - 1 : length);
  const from = start === undefined ? (step < 0 ? length - 1 : 0) : bound(start);
  const to = end === undefined ? (step < 0 ? -1 : length) : bound(end);
  const found: any[] = [];
  for (let at = from; step < 0 ? at > to : at < to; at += step) found.push(of[at]);
  return typeof of === 'string' ? found.join('') : found;
}`,
  },
  camelCase: {
    text: `/** A dictionary of fields, with the names that fields have here: \`max_failures\` is \`maxFailures\`. */
function camelCase(fields: any): any {
  return Object.fromEntries(
    entries(fields).map(([name, value]) => [
      String(name).replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  );
}`,
    needs: ['entries'],
  },
};
