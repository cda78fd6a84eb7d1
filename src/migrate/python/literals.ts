/** Values of Python's literals. Source: the language reference, "Literals". */

/** The text of a string literal, with its prefix and quotes. */
export function stringValue(literal: string): string {
  const { raw, bytes, body } = opened(literal);
  return raw ? body : unescaped(body, bytes);
}

/** The text of a part of an f-string between its replacements. */
export const formatText = (literal: string, part: string): string => {
  const text = opened(literal).raw ? part : unescaped(part, false);
  return text.replaceAll('{{', '{').replaceAll('}}', '}');
};

/** Takes a literal apart: what its prefix says, its body, and where the body starts. */
export function opened(literal: string) {
  let at = 0;
  while (literal[at] !== '"' && literal[at] !== "'") at++;
  const prefix = literal.slice(0, at).toLowerCase();
  const quote = literal[at] as string;
  const length = literal.startsWith(quote.repeat(3), at) && literal.length >= at + 6 ? 3 : 1;
  const start = at + length;
  return {
    raw: prefix.includes('r'),
    bytes: prefix.includes('b'),
    start,
    body: literal.slice(start, literal.length - length).replaceAll('\r\n', '\n'),
  };
}

const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function unescaped(body: string, bytes: boolean): string {
  let result = '';
  for (let at = 0; at < body.length; at++) {
    const letter = body[at] as string;
    if (letter !== '\\') {
      result += letter;
      continue;
    }
    const next = body[++at] ?? '';
    const simple = SIMPLE[next];
    const digits = HEX_DIGITS[next];
    if (simple !== undefined) result += simple;
    else if (digits !== undefined && !(bytes && next !== 'x')) {
      const code = body.slice(at + 1, at + 1 + digits);
      if (code.length < digits || ![...code].every(isHex))
        throw new SyntaxError(`a bad escape \\${next}${code}`);
      result += String.fromCodePoint(Number.parseInt(code, 16));
      at += digits;
    } else if (isOctal(next)) {
      let code = next;
      while (code.length < 3 && isOctal(body[at + 1] ?? '')) code += body[++at];
      result += String.fromCodePoint(Number.parseInt(code, 8));
    } else if (next === 'N' && !bytes) throw new SyntaxError('a character by its name, \\N{...}');
    else result += `\\${next}`;
  }
  return result;
}
const isHex = (letter: string) => '0123456789abcdefABCDEF'.includes(letter);
const isOctal = (letter: string) => letter !== '' && '01234567'.includes(letter);

/** The value of a number; octal numbers may be written as in Python 2, `0755`. */
export function numberValue(literal: string): { readonly value: number; readonly float: boolean } {
  const text = literal.replaceAll('_', '').toLowerCase();
  if (text.startsWith('0x') || text.startsWith('0o') || text.startsWith('0b'))
    return { value: Number(text), float: false };
  if (text.endsWith('j')) throw new SyntaxError('a complex number');
  const float = text.includes('.') || text.includes('e');
  if (!float && text.length > 1 && text.startsWith('0'))
    return { value: Number.parseInt(text, 8), float: false };
  const value = Number(text);
  if (!float && !Number.isSafeInteger(value)) throw new SyntaxError('a number with more than 53 bits');
  return { value, float };
}
