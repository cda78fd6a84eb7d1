import type { Helper } from './helper.ts';

/** Helpers for what Python does with a value of any type. */
export const VALUE_HELPERS: Readonly<Record<string, Helper>> = {
  untranslated: {
    text: `/** Stands where the original could not be translated. */
function untranslated(place: string): never {
  throw new Error(\`not translated yet: \${place}\`);
}`,
  },
  truthy: {
    text: `/** What Python takes for true: 0, empty texts, empty lists and empty dictionaries are false. */
function truthy<T>(value: T): value is NonNullable<T> {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.keys(value).length > 0;
  return Boolean(value);
}`,
  },
  equal: {
    text: `/** Equality as Python has it: lists and dictionaries by what is in them. */
function equal(left: any, right: any): boolean {
  if (typeof left === 'boolean' && typeof right === 'number') return Number(left) === right;
  if (typeof left === 'number' && typeof right === 'boolean') return left === Number(right);
  if (left === right || (left == null && right == null)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  if (left instanceof Set && right instanceof Set)
    return left.size === right.size && [...left].every((item) => right.has(item));
  const entries = (value: any) => (value instanceof Map ? [...value] : Object.entries(value));
  const [all, others] = [entries(left), new Map(entries(right))];
  return (
    all.length === others.size && all.every(([key, item]) => others.has(key) && equal(item, others.get(key)))
  );
}`,
  },
  contains: {
    text: `/** Python's \`item in all\`. */
function contains(all: any, item: any): boolean {
  if (typeof all === 'string') return all.includes(item);
  if (all instanceof Map) return all.has(item);
  if (all instanceof Set) return all.has(item) || [...all].some((one) => equal(one, item));
  if (Array.isArray(all)) return all.some((one) => equal(one, item));
  return Object.hasOwn(all, item);
}`,
    needs: ['equal'],
  },
  add: {
    text: `/** Python's \`left + right\`. */
function add(left: any, right: any): any {
  return Array.isArray(left) ? [...left, ...right] : left + right;
}`,
  },
  repeat: {
    text: `/** Python's \`left * right\`: a product, or a text or list several times. */
function repeat(left: any, right: any): any {
  if (typeof left === 'string' || Array.isArray(left)) {
    const times = Math.max(0, Number(right));
    return typeof left === 'string' ? left.repeat(times) : Array.from({ length: times }, () => left).flat();
  }
  return typeof right === 'string' || Array.isArray(right) ? repeat(right, left) : left * right;
}`,
  },
  item: {
    text: `/** The element with a key or at a position, which must be there. */
function item(of: any, key: any): any {
  const list = typeof of === 'string' || Array.isArray(of);
  const found = list
    ? of.at(key)
    : of instanceof Map
      ? of.get(key)
      : Object.hasOwn(of, key)
        ? of[key]
        : undefined;
  const there = list
    ? key < of.length && key >= -of.length
    : of instanceof Map
      ? of.has(key)
      : Object.hasOwn(of, key);
  if (!there) throw Object.assign(new Error(String(key)), { name: list ? 'IndexError' : 'KeyError' });
  return found;
}`,
  },
  isError: {
    text: `/** Whether something thrown is one of Python's exceptions with these names. */
function isError(thrown: any, ...names: string[]): boolean {
  if (thrown?.code !== undefined)
    return names.some((name) => ['IOError', 'OSError', 'EnvironmentError'].includes(name));
  return (
    names.includes(thrown?.name) ||
    (names.includes('LookupError') && ['KeyError', 'IndexError'].includes(thrown?.name))
  );
}`,
  },
  compare: {
    text: `/** Python's order of texts, numbers and lists, for sorting. */
function compare(left: any, right: any): number {
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let at = 0; at < Math.min(left.length, right.length); at++) {
      const found = compare(left[at], right[at]);
      if (found !== 0) return found;
    }
    return left.length - right.length;
  }
  return left < right ? -1 : left > right ? 1 : 0;
}`,
  },
  isDict: {
    text: `/** Whether something is a dictionary. */
function isDict(value: any): boolean {
  return (
    value instanceof Map ||
    (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
  );
}`,
  },
  size: {
    text: `/** Python's \`len\`. */
function size(value: any): number {
  return value.length ?? value.size ?? Object.keys(value).length;
}`,
  },
};
