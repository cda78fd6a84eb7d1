/** A place in a text; line and column count from 1. */
export interface SourcePlace {
  readonly line: number;
  readonly column: number;
}

const OPENING = '([{';
const CLOSING = ')]}';

/**
 * Finds where a field is written in the object literal that is a call's argument, as far along `path` as the text shows
 * it: `Task({ resources: { ram: 1 } })` with the path resources, ram. Numbers are indices of list literals. If a name
 * is not written out (a spread, a variable), the last one found is returned; undefined when even the first is missing,
 * or the argument is no literal.
 *
 * Reads the text instead of a syntax tree, because it is only needed to place an error and the TypeScript compiler has 9 MB.
 */
export function locateField(
  text: string,
  call: SourcePlace,
  path: readonly string[],
): SourcePlace | undefined {
  const open = text.indexOf('(', offsetOf(text, call));
  let at = open < 0 ? -1 : skipBlank(text, open + 1);
  let found: number | undefined;
  for (const name of path) {
    const entry = at < 0 ? undefined : entryIn(text, at, name);
    if (!entry) break;
    found = entry.name;
    at = entry.value;
  }
  return found === undefined ? undefined : placeOf(text, found);
}

function offsetOf(text: string, { line, column }: SourcePlace): number {
  let offset = 0;
  for (let passed = 1; passed < line; passed++) {
    const end = text.indexOf('\n', offset);
    if (end < 0) return text.length;
    offset = end + 1;
  }
  return offset + column - 1;
}

function placeOf(text: string, offset: number): SourcePlace {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

interface Entry {
  /** Offset of the entry's name, or of the entry itself in a list. */
  readonly name: number;
  /** Offset of its value. */
  readonly value: number;
}

/** The entry of that name (or index) in the literal that begins at `at`. */
function entryIn(text: string, at: number, name: string): Entry | undefined {
  if (text[at] === '[') return listEntry(text, at, Number(name));
  if (text[at] !== '{') return undefined;
  for (let offset = skipBlank(text, at + 1); offset < text.length && text[offset] !== '}'; ) {
    const key = /^(?:(['"])(.*?)\1|([\w$]+)|\[\s*(['"`])(.*?)\4\s*\])\s*(:|(?=[,}(]))/s.exec(
      text.slice(offset, offset + 300),
    );
    const written = key?.[2] ?? key?.[3] ?? key?.[5];
    if (key && written === name) return { name: offset, value: skipBlank(text, offset + key[0].length) };
    offset = nextEntry(text, offset);
  }
  return undefined;
}

function listEntry(text: string, at: number, index: number): Entry | undefined {
  let offset = skipBlank(text, at + 1);
  for (let passed = 0; passed < index; passed++) {
    if (text[offset] === ']' || text.startsWith('...', offset)) return undefined;
    offset = nextEntry(text, offset);
  }
  if (offset >= text.length || text[offset] === ']' || text.startsWith('...', offset)) return undefined;
  return { name: offset, value: offset };
}

/** The offset after the comma that ends the entry at `offset`, or of the bracket that closes the literal. */
function nextEntry(text: string, offset: number): number {
  let depth = 0;
  let at = offset;
  while (at < text.length) {
    const char = text[at] as string;
    if (depth === 0 && char === ',') return skipBlank(text, at + 1);
    if (CLOSING.includes(char) && depth-- === 0) return at;
    if (OPENING.includes(char)) depth++;
    at = afterToken(text, at);
  }
  return text.length;
}

/** The offset after the string, template, comment or regular expression at `at`; after one character for anything else. */
function afterToken(text: string, at: number): number {
  const char = text[at];
  if (char === '"' || char === "'") return afterString(text, at, char);
  if (char === '`') return afterTemplate(text, at);
  if (text.startsWith('//', at)) return endOr(text.indexOf('\n', at), text);
  if (text.startsWith('/*', at)) return endOr(text.indexOf('*/', at), text) + 2;
  if (char === '/') return afterRegex(text, at) ?? at + 1;
  return at + 1;
}

const endOr = (offset: number, text: string): number => (offset < 0 ? text.length : offset);

function afterString(text: string, at: number, quote: string): number {
  let offset = at + 1;
  while (offset < text.length && text[offset] !== quote) offset += text[offset] === '\\' ? 2 : 1;
  return offset + 1;
}

/**
 * Words after which a slash begins a regular expression. After other names, numbers, strings and closing brackets it
 * divides.
 */
const BEFORE_REGEX = /(?:^|[^\w$.])(?:return|typeof|case|in|of|void|await|yield|new|delete)$/;

/** The offset after the regular expression at `at`; undefined when the slash is a division. */
function afterRegex(text: string, at: number): number | undefined {
  const before = text.slice(Math.max(0, at - 100), at).trimEnd();
  if (/[\w$)\]}'"`]$/.test(before) && !BEFORE_REGEX.test(before)) return undefined;
  const literal = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
  literal.lastIndex = at;
  return literal.test(text) ? literal.lastIndex : undefined;
}

function afterTemplate(text: string, at: number): number {
  let offset = at + 1;
  while (offset < text.length && text[offset] !== '`') {
    if (text[offset] === '\\') offset += 2;
    else if (text.startsWith('${', offset)) offset = nextEntryEnd(text, offset + 2);
    else offset += 1;
  }
  return offset + 1;
}

/** The offset after the brace that closes a substitution. */
function nextEntryEnd(text: string, offset: number): number {
  let depth = 0;
  let at = offset;
  while (at < text.length) {
    const char = text[at] as string;
    if (char === '}' && depth-- === 0) return at + 1;
    if (char === '{') depth++;
    at = afterToken(text, at);
  }
  return text.length;
}

/** The offset of the first character that is neither blank nor in a comment. */
function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at++;
    if (!text.startsWith('//', at) && !text.startsWith('/*', at)) return at;
    at = afterToken(text, at);
  }
}
