/**
 * JSON as bytes, written piece by piece into memory outside of V8's heap. Calls to Mesos are sent for every task; as texts
 * they would be the larger part of the scheduler's garbage.
 */

/** Memory is taken for many calls at once; it is freed when the last of them has been sent. */
const SLAB_BYTES = 256 * 1024;
/** From this length on the engine's own copy of a text is faster than a loop. */
const LONG_TEXT = 96;
/** UTF-8 takes at most so many bytes for a unit of UTF-16. */
const MOST_BYTES = 3;

const [QUOTE, BACKSLASH, FIRST_PLAIN, LAST_PLAIN] = [34, 92, 32, 126];

let slab = Buffer.alloc(0);
let start = 0;
let end = 0;

function makeRoom(bytes: number): void {
  if (end + bytes <= slab.length) return;
  const written = end - start;
  const next = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, 2 * (written + bytes)));
  slab.copy(next, 0, start, end);
  slab = next;
  start = 0;
  end = written;
}

/** Writes a text of ASCII characters as it is. */
export function putAscii(text: string): void {
  const { length } = text;
  makeRoom(length);
  if (length >= LONG_TEXT) {
    end += slab.write(text, end, 'latin1');
    return;
  }
  const [into, from] = [slab, end];
  for (let at = 0; at < length; at++) into[from + at] = text.charCodeAt(at);
  end = from + length;
}

/** Writes any text as it is. */
export function putText(text: string): void {
  makeRoom(MOST_BYTES * text.length);
  end += slab.write(text, end, 'utf8');
}

export function putBytes(bytes: Uint8Array): void {
  makeRoom(bytes.length);
  slab.set(bytes, end);
  end += bytes.length;
}

/** Writes a text as a JSON string. */
export function putString(text: string): void {
  const { length } = text;
  makeRoom(length + 2);
  const [into, from] = [slab, end + 1];
  into[end] = QUOTE;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code < FIRST_PLAIN || code > LAST_PLAIN || code === QUOTE || code === BACKSLASH) {
      putText(JSON.stringify(text));
      return;
    }
    into[from + at] = code;
  }
  into[from + length] = QUOTE;
  end = from + length + 1;
}

/**
 * What `write` puts, as bytes that nothing changes afterwards. Not to be called within `write`.
 * @throws what `write` throws; what it had put by then is dropped
 */
export function bytesOf(write: () => void): Uint8Array {
  end = start;
  write();
  const bytes = slab.subarray(start, end);
  start = end;
  return bytes;
}
