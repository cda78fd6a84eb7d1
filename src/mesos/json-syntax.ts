/** The place where a text stops being JSON. */
export interface SyntaxFault {
  /** Line number, from 1. */
  readonly line: number;
  /** The text from the fault to the end of its line, without control characters. */
  readonly near: string;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const BLANK = /[ \t\n\r]*/y;
const WORD = /true|false|null/y;

/** Leaves the recursion at the first fault; never thrown out of this file. */
class FaultAt {
  readonly offset: number;
  constructor(offset: number) {
    this.offset = offset;
  }
}

/**
 * Skips one JSON value and returns the offset after it.
 * @throws FaultAt where the text is not JSON.
 */
function skipValue(text: string, from: number): number {
  const match = (pattern: RegExp, at: number): number => {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex : -1;
  };
  const blank = (at: number) => match(BLANK, at);
  const expect = (pattern: RegExp, at: number): number => {
    const end = match(pattern, at);
    if (end < 0) throw new FaultAt(at);
    return end;
  };
  const list = (open: number, close: string, item: (at: number) => number): number => {
    let at = blank(open + 1);
    if (text[at] === close) return at + 1;
    for (;;) {
      at = blank(item(at));
      if (text[at] === close) return at + 1;
      if (text[at] !== ',') throw new FaultAt(at);
      at = blank(at + 1);
    }
  };
  const member = (at: number): number => {
    const colon = blank(expect(STRING, at));
    if (text[colon] !== ':') throw new FaultAt(colon);
    return value(colon + 1);
  };
  const value = (start: number): number => {
    const at = blank(start);
    const first = text[at];
    if (first === '{') return list(at, '}', member);
    if (first === '[') return list(at, ']', value);
    if (first === '"') return expect(STRING, at);
    return expect(first !== undefined && /[-\d]/.test(first) ? NUMBER : WORD, at);
  };
  return value(from);
}

/**
 * Finds what is wrong with a text that JSON.parse refused: a fault, or text after a complete value. If the text is
 * nested too deeply for the stack, the fault is at its start.
 */
export function findFault(text: string): SyntaxFault | { readonly trailing: string } {
  let offset = 0;
  try {
    const end = skipValue(text, 0);
    return { trailing: text.slice(end).trim() };
  } catch (thrown) {
    if (thrown instanceof FaultAt) offset = thrown.offset;
    else if (!(thrown instanceof RangeError)) throw thrown;
  }
  const rest = /^[^\n]*/.exec(text.slice(offset))?.[0] ?? '';
  return {
    line: text.slice(0, offset).split('\n').length,
    near: rest.replace(/[\u0000-\u001f]/g, ''),
  };
}
