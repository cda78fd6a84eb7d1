import {
  choose,
  type Doc,
  edge,
  group,
  hard,
  indent,
  joined,
  line,
  mustBreak,
  soft,
  whenBroken,
} from './doc.ts';

/** A piece of TypeScript: its text, how closely it binds, and its kind, as far as the layout depends on it. */
export interface Code {
  readonly doc: Doc;
  readonly binds: number;
  /** Its form as the last argument of a call, where it may continue on the next line. */
  readonly hugged?: Doc;
  /** The operands without their usual indent. */
  readonly unindented?: Doc;
  /** The operator of a binary piece. */
  readonly op?: string;
  readonly shape: 'object' | 'array' | 'arrow' | 'text' | 'template' | 'call' | 'name' | 'binary' | 'other';
}

/** How closely operators bind; higher numbers bind more closely. */
export const BINDS = {
  arrow: 1,
  conditional: 2,
  nullish: 3,
  or: 4,
  and: 5,
  equal: 8,
  compare: 9,
  shift: 10,
  add: 11,
  multiply: 12,
  power: 13,
  unary: 14,
  call: 17,
  whole: 20,
} as const;

export const code = (doc: Doc, binds: number = BINDS.whole, shape: Code['shape'] = 'other'): Code => ({
  doc,
  binds,
  shape,
});
export const name = (text: string): Code => code(text, BINDS.whole, 'name');

/** The text of a piece, in parentheses if it binds less closely than its surroundings. */
export const inside = (piece: Code, binds: number): Doc =>
  piece.binds < binds ? ['(', piece.doc, ')'] : piece.doc;

/** The left side of an operator; mixed multiplicative operators get parentheses, as the formatter writes them. */
export const leftSide = (piece: Code, op: string, binds: number): Doc =>
  piece.op !== undefined &&
  piece.binds === binds &&
  binds === BINDS.multiply &&
  (piece.op !== op || op === '%')
    ? ['(', piece.doc, ')']
    : inside(piece, binds);

/** Quotes a text with the quotes that need fewer escapes, with single ones in case of a tie. */
export function quoted(text: string): string {
  const single = text.split("'").length;
  const double = text.split('"').length;
  const quote = single > double ? '"' : "'";
  return `${quote}${escaped(text, quote)}${quote}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

function escaped(text: string, quote: string, plain = ''): string {
  let result = '';
  for (const letter of text) {
    const point = letter.codePointAt(0) as number;
    if (plain.includes(letter)) result += letter;
    else if (ESCAPES[letter]) result += ESCAPES[letter];
    else if (letter === quote) result += `\\${letter}`;
    else if (point < 32 || (point >= 127 && point < 160))
      result += `\\x${point.toString(16).padStart(2, '0')}`;
    else if (point === 0x2028 || point === 0x2029 || point === 0xfeff || (point >= 0xd800 && point < 0xe000))
      result += `\\u${point.toString(16).padStart(4, '0')}`;
    else result += letter;
  }
  return result;
}

/** The text between the backticks of a template. */
export const templateText = (text: string): string => escaped(text, '`', '\n').replaceAll('${', '\\${');

/** A template literal of texts and values. */
export function template(parts: readonly (string | Code)[]): Code {
  const docs = parts.flatMap((part): Doc[] => {
    if (typeof part !== 'string') return ['${', flat(part.doc), '}'];
    return templateText(part)
      .split('\n')
      .flatMap((text, index) => (index === 0 ? [text] : [edge, text]));
  });
  return code(['`', ...docs, '`'], BINDS.whole, 'template');
}

/** Removes optional line breaks, because templates are not broken into lines. */
function flat(doc: Doc): Doc {
  if (typeof doc === 'string') return doc;
  if (!('d' in doc)) return doc.map(flat);
  switch (doc.d) {
    case 'line':
      return doc.hard ? doc : doc.flat;
    case 'indent':
      return flat(doc.of);
    case 'group':
      return doc.broken ? doc : flat(doc.of);
    case 'choose':
      return flat(doc.states[0] as Doc);
    case 'broken':
      return flat(doc.otherwise);
    default:
      return doc;
  }
}

/** One item of a list, with its comments. */
export interface Item {
  readonly doc: Doc;
  /** Comments in lines of their own before it. */
  readonly before?: readonly string[];
  /** A comment behind it on the same line. */
  readonly behind?: string | undefined;
}

const commented = ({ before = [], doc }: Item): Doc => [
  ...before.flatMap((text): Doc[] => [text, hard]),
  doc,
];

/** Items between brackets, all on one line or each on its own. */
export function bracketed(
  open: string,
  items: readonly Item[],
  close: string,
  space: Doc,
  broken = false,
): Doc {
  if (items.length === 0) return [open, close];
  const remarks = items.some(({ before, behind }) => before?.length || behind);
  const docs = items.flatMap((item, index): Doc[] => {
    const last = index === items.length - 1;
    const comma: Doc = last ? (remarks ? ',' : whenBroken(',')) : ',';
    return [commented(item), comma, item.behind ? ` ${item.behind}` : '', ...(last ? [] : [line])];
  });
  return group([open, indent([space, ...docs]), space, close], broken || remarks);
}

export const object = (items: readonly Item[], broken = false): Code =>
  code(bracketed('{', items, '}', line, broken), BINDS.whole, 'object');

export function array(items: readonly Item[], broken = false, _fill = false): Code {
  return code(bracketed('[', items, ']', soft, broken), BINDS.whole, 'array');
}

const HUGGED = new Set<Code['shape']>(['object', 'array', 'arrow']);

/** A call. If its last argument is an object, a list or a function, that may begin on the line of the call. */
export function call(callee: Doc, args: readonly Code[]): Code {
  return code([callee, argumentList(args)], BINDS.call, 'call');
}

export function argumentList(args: readonly Code[]): Doc {
  if (args.length === 0) return '()';
  const docs = args.map(({ doc }) => doc);
  const [last] = args.slice(-1) as [Code];
  const spread: Doc = group(['(', indent([soft, joined([',', line], docs), whenBroken(',')]), soft, ')']);
  if (args.length === 1 && last.shape === 'template') return ['(', last.doc, ')'];
  if (!HUGGED.has(last.shape)) return spread;
  const before = docs.slice(0, -1).flatMap((doc) => [doc, ', ']);
  if (before.length === 0 && last.shape !== 'arrow') return ['(', last.doc, ')'];
  if (before.some(mustBreak))
    return group(['(', indent([soft, joined([',', line], docs), ',']), soft, ')'], true);
  const lastDoc = last.hugged ?? last.doc;
  const hugged: Doc = ['(', ...before, lastDoc, ')'];
  if (mustBreak(lastDoc)) return hugged;
  return choose(hugged, ['(', ...before, opened(lastDoc), ')'], spreadOut(docs));
}

const spreadOut = (docs: readonly Doc[]): Doc =>
  group(['(', indent([soft, joined([',', line], docs), ',']), soft, ')'], true);

/** The document with the breaks of its outermost (last) group taken. */
function opened(doc: Doc): Doc {
  if (typeof doc === 'string') return doc;
  if (!('d' in doc)) {
    const last = doc.at(-1);
    return last === undefined ? doc : [...doc.slice(0, -1), opened(last)];
  }
  return doc.d === 'group' ? { ...doc, broken: true } : doc;
}

/** Operands joined by operators; lines break after an operator. */
export function operators(
  first: Doc,
  rest: readonly (readonly [op: string, right: Doc])[],
  binds: number,
): Code {
  const more = rest.flatMap(([op, right]): Doc[] => [` ${op}`, line, right]);
  const op = rest[0]?.[0] ?? '';
  return {
    doc: group([first, indent(more)]),
    unindented: group([first, ...more]),
    binds,
    op,
    shape: 'binary',
  };
}

/** A value after `=` or `:`: on the same line, or for operators and texts on the next one if it does not fit. */
export function assigned(left: Doc, value: Code): Doc {
  if (value.shape === 'binary') return group([left, group(indent([line, value.unindented ?? value.doc]))]);
  if (value.shape === 'text') return group([left, indent([line, value.doc])]);
  return [left, ' ', value.doc];
}
