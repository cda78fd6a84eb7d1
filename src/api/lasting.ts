import type { TypeName } from './types.ts';

/**
 * A cache of encoded values of one type. The values must never change; one that is in many messages, such as the
 * configuration of a thousand tasks, is encoded once and then copied in. An entry lives as long as its value.
 */
export interface Lasting<E extends Uint8Array | string> {
  readonly type: TypeName;
  readonly encoded: WeakMap<object, E>;
}

/** @param type values of this type must never change in anything that is encoded with this cache */
export const lasting = <E extends Uint8Array | string>(type: TypeName): Lasting<E> => ({
  type,
  encoded: new WeakMap(),
});
