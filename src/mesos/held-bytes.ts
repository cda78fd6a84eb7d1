const FIRST_BYTES = 8 * 1024;
/** Memory up to this size is kept for what comes next; more is given back. */
const KEPT_BYTES = 2 ** 20;

/** Bytes that wait for those after them; each is copied once, however small the pieces are in which they come. */
export interface HeldBytes {
  /** What is held, with the chunk behind it; valid until more is kept. */
  with(chunk: Buffer): Buffer;
  /** Keeps what `with` gave from `at` on. */
  keep(bytes: Buffer, at: number): void;
  isEmpty(): boolean;
}

export function heldBytes(): HeldBytes {
  let held: Buffer = Buffer.alloc(0);
  let length = 0;
  return {
    with(chunk) {
      if (length === 0) return chunk;
      if (length + chunk.length > held.length) {
        const larger = Buffer.allocUnsafe(2 * (length + chunk.length));
        held.copy(larger, 0, 0, length);
        held = larger;
      }
      chunk.copy(held, length);
      return held.subarray(0, length + chunk.length);
    },
    keep(bytes, at) {
      const isHeld = length > 0;
      length = bytes.length - at;
      if (isHeld) {
        if (at > 0) held.copyWithin(0, at, bytes.length);
      } else if (length > 0) {
        if (held.length < length) held = Buffer.allocUnsafe(Math.max(FIRST_BYTES, length));
        bytes.copy(held, 0, at);
      }
      if (length === 0 && held.length > KEPT_BYTES) held = Buffer.alloc(0);
    },
    isEmpty: () => length === 0,
  };
}
