import { AuroraError } from '../../base/errors.ts';
import { yieldTurn } from '../../base/turns.ts';
import { INCOMPLETE } from './thrift-ranges.ts';

/** A window on a long input that is being parsed. */
export interface ByteWindow {
  /**
   * Calls `parse` with the buffered bytes and the current offset; the returned `end` is the next offset. When `parse`
   * throws INCOMPLETE, it is called again with more bytes.
   * @throws AuroraError CODEC when the input ends inside a value
   */
  take<T>(parse: (bytes: Buffer, at: number) => { readonly end: number; readonly value: T }): Promise<T>;
  /** The next bytes, without consuming them; fewer at the end of the input. */
  peek(length: number): Promise<Buffer>;
  /** All remaining bytes. */
  rest(): AsyncIterable<Uint8Array>;
  /** Stops reading the input. */
  close(): Promise<void>;
}

/** How much is parsed before other work gets a turn. */
const SLICE_BYTES = 32 * 1024;

/** The result of `parse`; undefined when it needs more bytes. */
function unlessIncomplete<T extends object>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error === INCOMPLETE) return undefined;
    throw error;
  }
}

export function byteWindow(input: AsyncIterable<Uint8Array>): ByteWindow {
  const source = input[Symbol.asyncIterator]();
  let bytes: Buffer = Buffer.alloc(0);
  let at = 0;
  let dropped = 0;
  let sinceTurn = 0;

  /** Reads at least as many bytes as are buffered, so that a long value is not copied over and over. */
  const more = async (): Promise<boolean> => {
    const parts = [bytes.subarray(at)];
    let wanted = Math.max(parts[0]?.length ?? 0, 1);
    while (wanted > 0) {
      const next = await source.next();
      if (next.done) break;
      parts.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength));
      wanted -= next.value.length;
    }
    dropped += at;
    at = 0;
    bytes = Buffer.concat(parts);
    return parts.length > 1;
  };

  return {
    async take(parse) {
      for (;;) {
        const parsed = unlessIncomplete(() => parse(bytes, at));
        if (parsed === undefined) {
          if (await more()) continue;
          const text = `the input ends at byte ${dropped + bytes.length}, inside a value`;
          throw new AuroraError('CODEC', text);
        }
        const { end, value } = parsed;
        sinceTurn += end - at;
        at = end;
        if (sinceTurn >= SLICE_BYTES) {
          sinceTurn = 0;
          await yieldTurn();
        }
        return value;
      }
    },
    async peek(length) {
      while (bytes.length - at < length && (await more()));
      return bytes.subarray(at, at + length);
    },
    async *rest() {
      yield bytes.subarray(at);
      for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
    },
    close: async () => void (await source.return?.()),
  };
}
