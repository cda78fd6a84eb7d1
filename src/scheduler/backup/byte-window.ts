import { AuroraError } from '../../base/errors.ts';
import { yieldTurn } from '../../base/turns.ts';
import { INCOMPLETE } from './thrift-ranges.ts';

/** The part of a long input that is being looked at. */
export interface ByteWindow {
  /**
   * Runs `parse` on the bytes at hand, from `at` on; what it returns as `end` is where the next one begins. When it throws
   * INCOMPLETE, it is run again with more bytes.
   * @throws AuroraError CODEC when the input ends inside a value.
   */
  take<T>(parse: (bytes: Buffer, at: number) => { readonly end: number; readonly value: T }): Promise<T>;
  /** The next bytes as they are, without going on; fewer at the end of the input. */
  peek(length: number): Promise<Buffer>;
  /** Everything from here on. */
  rest(): AsyncIterable<Uint8Array>;
  /** Gives the input up. */
  close(): Promise<void>;
}

/** Values are taken without a pause until this much was read; then others have their turn. */
const SLICE_BYTES = 32 * 1024;

/** Undefined when it needs more bytes. */
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

  /** Reads at least as much as is waiting, so that a long value is not copied again and again. */
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
