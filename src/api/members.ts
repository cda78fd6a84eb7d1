import { codecError } from './codec-error.ts';
import type { UnionShape } from './shapes.ts';
import { type Trail, trailText } from './trail.ts';

/** Sets a key from an untrusted source; `__proto__` becomes an ordinary key. */
export function putKey(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value;
  else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Refuses a decoded union with two members. It may have none, when its only member is unknown to us. */
export function unionWithOne(shape: UnionShape, members: object, trail: Trail): void {
  const names = Object.keys(members);
  if (names.length > 1)
    throw codecError('bad-union', `${shape.name} has ${names.join(' and ')}`, trailText(trail));
}
