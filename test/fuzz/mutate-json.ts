import { type Random, randomBelow } from '../../src/base/random.ts';

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  2 ** 53,
  '',
  '1',
  'é🚀\u0000',
  [],
  {},
  [[]],
  [null],
  { a: 1 },
  JSON.parse('{"__proto__": 1}'),
];

type Place = { readonly in: Record<string, unknown>; readonly key: string };

function places(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push({ in: value as Record<string, unknown>, key });
    places((value as Record<string, unknown>)[key], found);
  }
  return found;
}

const put = ({ in: holder, key }: Place, value: unknown) =>
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });

/** The JSON with one to three of its values taken away, exchanged or of another kind; as it is when it is no JSON. */
export function mutatedJson(bytes: Buffer, random: Random): Buffer {
  let root: { value: unknown };
  try {
    root = { value: JSON.parse(bytes.toString()) };
  } catch {
    return bytes;
  }
  for (let left = 1 + randomBelow(random, 3); left > 0; left--) {
    const all = places(root);
    const one = all[randomBelow(random, all.length)] as Place;
    const other = all[randomBelow(random, all.length)] as Place;
    const kind = randomBelow(random, 4);
    if (kind === 0) delete one.in[one.key];
    else if (kind === 1) put(one, structuredClone(other.in[other.key]));
    else if (kind === 2) put({ ...one, key: other.key }, one.in[one.key]);
    else put(one, structuredClone(VALUES[randomBelow(random, VALUES.length)]));
    if (!('value' in root)) root = { value: null };
  }
  return Buffer.from(JSON.stringify(root.value) ?? 'null');
}
