import { yieldTurn } from '../../base/turns.ts';

/** A slice ends after this many characters, or after this much time. */
const SLICE_CHARACTERS = 256 * 1024;
const SLICE_MS = 5;

/** A body of many parts, made while it is sent. The event loop gets a turn between slices. */
export function slicedBody(parts: Iterable<string>): ReadableStream<Uint8Array> {
  const iterator = parts[Symbol.iterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      await yieldTurn();
      let slice = '';
      const untilMs = performance.now() + SLICE_MS;
      while (slice.length < SLICE_CHARACTERS && (slice === '' || performance.now() < untilMs)) {
        const next = iterator.next();
        if (next.done) {
          if (slice !== '') controller.enqueue(encoder.encode(slice));
          return controller.close();
        }
        slice += next.value;
      }
      controller.enqueue(encoder.encode(slice));
    },
  });
}

/** Writes a JSON list in parts; `text` turns an element into JSON. */
export function* jsonList<T>(elements: Iterable<T>, text: (element: T) => string): Generator<string> {
  let before = '[';
  for (const element of elements) {
    yield before + text(element);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

/** Writes a JSON object in parts; each value is JSON text already. */
export function* jsonObject(members: Iterable<readonly [name: string, value: string]>): Generator<string> {
  let before = '{';
  for (const [name, value] of members) {
    yield `${before}${JSON.stringify(name)}:${value}`;
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}
