import { codecError } from './codec-error.ts';
import type { UnionShape } from './shapes.ts';
import { type Trail, trailText } from './trail.ts';

/** Sets a key that a stranger chose: `__proto__` becomes a key like any other. */
export function putKey(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value;
  else Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Refuses a decoded union with two members. None at all happens when its only member is one that we do not know. */
export function unionWithOne(shape: UnionShape, members: object, trail: Trail): void {
  const names = Object.keys(members);
  if (names.length > 1)
    throw codecError('bad-union', `${shape.name} has ${names.join(' and ')}`, trailText(trail));
}
