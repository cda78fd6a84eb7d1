const FIRST_BYTES = 8 * 1024;
/** Memory up to this size is kept for what comes next; more is given back. */
const KEPT_BYTES = 2 ** 20;

/** Bytes that wait for those after them; each is copied once, however small the pieces are in which they come. */
export interface HeldBytes {
  /** What is held, with the chunk behind it; valid until the next call. */
  with(chunk: Buffer): Buffer;
  /** Keeps what `with` gave from `at` on, elsewhere: parts of it may still wait to be read. */
  keep(bytes: Buffer, at: number): void;
  isEmpty(): boolean;
}

export function heldBytes(): HeldBytes {
  let held: Buffer = Buffer.alloc(0);
  let other: Buffer = Buffer.alloc(0);
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
      if (isHeld && at === 0) return;
      if (length > 0) {
        const into = other.length >= length ? other : Buffer.allocUnsafe(Math.max(FIRST_BYTES, length));
        bytes.copy(into, 0, at);
        [held, other] = [into, held];
      } else if (held.length + other.length > KEPT_BYTES) held = other = Buffer.alloc(0);
    },
    isEmpty: () => length === 0,
  };
}
