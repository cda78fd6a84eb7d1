import { REFERENCE, type Reference } from './text.ts';

/** The number of this instance, 0 to `instances` - 1; known when the task starts. */
export const instance = '{{mesos.instance}}';
/** The host that the task runs on; known when the task starts. */
export const hostname = '{{mesos.hostname}}';
/** The id of the task; known when the task starts. */
export const taskId = '{{thermos.task_id}}';

/**
 * The number of a port, known when the task starts. Naming a port in a process is what asks the scheduler for one.
 *
 * @example Process({ name: 'web', cmdline: `./serve --port ${port('http')}` })
 */
export const port = <const P extends string>(name: P): `{{thermos.ports[${P}]}}` =>
  `{{thermos.ports[${name}]}}`;

/**
 * The image `name:tag` by its digest, which the client asks the cluster's Docker registry for before it submits.
 *
 * @example Docker({ image: imageDigest('shop/web', '4.2') })
 */
export const imageDigest = <const N extends string, const T extends string>(
  name: N,
  tag: T,
): `{{docker.image[${N}][${T}]}}` => `{{docker.image[${name}][${tag}]}}`;

/** References into a bound value, shaped like the value. */
export type ReferencesTo<T> = Reference &
  (T extends string | number | boolean | bigint
    ? unknown
    : T extends readonly (infer E)[]
      ? { readonly [index: number]: ReferencesTo<E> }
      : T extends ReadonlyMap<infer K, infer V>
        ? { readonly [P in K & (string | number)]: ReferencesTo<V> }
        : { readonly [P in Exclude<keyof T, 'with' | 'bind' | symbol>]: ReferencesTo<NonNullable<T[P]>> });

/**
 * Typed references to what will be bound under `name`: a wrong field is a type error instead of an unbound variable.
 * Fields of objects and profiles become `{{name.field}}`, elements of lists and maps `{{name[key]}}`.
 *
 * @example
 * const profile = refer<{ version: string; shards: number }>('profile');
 * Service({ instances: profile.shards, ... }).bind({ profile: { version: '4.2', shards: 12 } })
 */
export const refer = <T>(name: string): ReferencesTo<T> => referenceAt(name, false) as ReferencesTo<T>;

/** The same for a bound `Map`, whose keys are addressed with brackets: `referToMap('hosts')['db/main']`. */
export const referToMap = <T>(name: string): { readonly [key: string]: ReferencesTo<T> } =>
  referenceAt(name, true) as unknown as { readonly [key: string]: ReferencesTo<T> };

function referenceAt(address: string, brackets: boolean): Reference {
  const text = () => `{{${address}}}`;
  const own: Record<PropertyKey, unknown> = {
    [REFERENCE]: true,
    [Symbol.toPrimitive]: text,
    toString: text,
    toJSON: text,
  };
  return new Proxy(own, {
    get: (target, key) => {
      if (typeof key === 'symbol' || Object.hasOwn(target, key)) return target[key];
      const indexed = brackets || /^\d+$/.test(key);
      return referenceAt(indexed ? `${address}[${key}]` : `${address}.${key}`, false);
    },
  }) as unknown as Reference;
}
