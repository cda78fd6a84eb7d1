/** The last group: whole, or padded and with zeros for the bits behind the last byte. */
const LAST_GROUP = /^(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)$/;
const FOREIGN = /[^A-Za-z0-9+/]/;

const GROUP = 4;
const GROUP_BYTES = 3;
/** Node decodes longer texts faster than an expression is matched. */
const SHORT = 40;

/** Takes what is decoded to count it, without a buffer for each text. */
const scratch = Buffer.allocUnsafeSlow(2 ** 16);

/** Whether Node decodes all of it; a character that is not base64 is skipped, and an `=` ends it. */
function decodesWhole(text: string, bytes: number): boolean {
  const into = bytes <= scratch.length ? scratch : Buffer.allocUnsafe(bytes);
  return into.write(text, 'base64') === bytes && !text.includes('-') && !text.includes('_');
}

/**
 * Whether a text is base64 in the one form in which it is written: the standard alphabet, nothing else in between, padded,
 * and the bits behind the last byte zero. Decoding it and encoding it again would give the same text.
 */
export function isWrittenBase64(text: string): boolean {
  const { length } = text;
  if (length === 0) return true;
  if (length % GROUP !== 0 || !LAST_GROUP.test(text.slice(-GROUP))) return false;
  if (length <= SHORT) return !FOREIGN.test(text.slice(0, -GROUP));
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return decodesWhole(text, (length / GROUP) * GROUP_BYTES - padding);
}
