/**
 * JSON as bytes, written piece by piece into memory outside of V8's heap, always the same. Calls to Mesos are sent for every
 * task; as texts they would be the larger part of the scheduler's garbage.
 */

const FIRST_BYTES = 16 * 1024;
/** Memory up to this size is kept for the next one. */
const KEPT_BYTES = 2 ** 20;
/** From this length on the engine's own copy of a text is faster than a loop. */
const LONG_TEXT = 96;
/** UTF-8 takes at most so many bytes for a unit of UTF-16. */
const MOST_BYTES = 3;

const [QUOTE, BACKSLASH, FIRST_PLAIN, LAST_PLAIN] = [34, 92, 32, 126];

let memory = Buffer.alloc(FIRST_BYTES);
let end = 0;

function makeRoom(bytes: number): void {
  if (end + bytes <= memory.length) return;
  const larger = Buffer.allocUnsafeSlow(2 * (end + bytes));
  memory.copy(larger, 0, 0, end);
  memory = larger;
}

/** Writes a text of ASCII characters as it is. */
export function putAscii(text: string): void {
  const { length } = text;
  makeRoom(length);
  if (length >= LONG_TEXT) {
    end += memory.write(text, end, 'latin1');
    return;
  }
  const [into, from] = [memory, end];
  for (let at = 0; at < length; at++) into[from + at] = text.charCodeAt(at);
  end = from + length;
}

/** Writes any text as it is. */
export function putText(text: string): void {
  makeRoom(MOST_BYTES * text.length);
  end += memory.write(text, end, 'utf8');
}

export function putBytes(bytes: Uint8Array): void {
  makeRoom(bytes.length);
  memory.set(bytes, end);
  end += bytes.length;
}

/** Writes a text as a JSON string. */
export function putString(text: string): void {
  const { length } = text;
  makeRoom(length + 2);
  const [into, from] = [memory, end + 1];
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
 * What `write` puts, as bytes that are valid until the next call. Not to be called within `write`.
 * @throws what `write` throws; what it had put by then is dropped
 */
export function bytesOf(write: () => void): Uint8Array {
  if (memory.length > KEPT_BYTES) memory = Buffer.alloc(FIRST_BYTES);
  end = 0;
  write();
  return memory.subarray(0, end);
}
