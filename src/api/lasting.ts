import type { TypeName } from './types.ts';

/**
 * Values of one type that never change, with what an encoder made of each: one that stands in many messages, such as the
 * configuration of a thousand tasks, is encoded once and spliced in. An entry lives as long as its value.
 */
export interface Lasting<E extends Uint8Array | string> {
  readonly type: TypeName;
  readonly encoded: WeakMap<object, E>;
}

/** @param type whose values are, in everything that is encoded with this, never changed. */
export const lasting = <E extends Uint8Array | string>(type: TypeName): Lasting<E> => ({
  type,
  encoded: new WeakMap(),
});
