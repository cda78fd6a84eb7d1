// Writes the ways in which Python puts texts together (%, format, f-strings, +) as template texts. Long because all of
// them share how a value becomes a part of a text.
import { BINDS, type Code, call, code, inside, name, operators, quoted, template } from '../layout/code.ts';
import type { Expr, Spot } from '../python/syntax.ts';
import { lookup, type PythonScope } from '../types/scopes.ts';
import {
  isBool,
  isFloat,
  isNatural,
  isNone,
  isNumber,
  isText,
  isWhole,
  type PythonKind,
} from '../types/value.ts';
import type { Writing } from './context.ts';

/** The parts of a text: literal strings, which may contain SEAM marks, and values. */
export type TextParts = readonly (string | Code)[];

const RUNTIME: Readonly<Record<string, string>> = {
  'mesos.instance': 'instance',
  'mesos.hostname': 'hostname',
  'thermos.task_id': 'taskId',
};

const LONG = 70;

/** Replaces references to what is known only when the task starts by the language's names for them. */
function referenced(writing: Writing, text: string): TextParts {
  const found: (string | Code)[] = [];
  let plain = '';
  for (let at = 0; at < text.length; ) {
    const reference = text.startsWith('{{', at) ? referenceAt(writing, text, at) : undefined;
    if (reference) {
      if (plain) found.push(plain);
      plain = '';
      found.push(reference.code);
      at = reference.end;
    } else plain += text[at++];
  }
  if (plain) found.push(plain);
  return found;
}

function referenceAt(writing: Writing, text: string, at: number) {
  const end = text.indexOf('}}', at);
  if (end < 0) return undefined;
  const address = text.slice(at + 2, end);
  const simple = RUNTIME[address];
  if (simple) {
    if (writing.isTaken(simple)) return undefined;
    return { code: name(writing.use(simple)), end: end + 2 };
  }
  const prefix = 'thermos.ports[';
  if (!address.startsWith(prefix) || !address.endsWith(']') || writing.isTaken('port')) return undefined;
  const port = address.slice(prefix.length, -1);
  if (!isPlainKey(port)) return undefined;
  return { code: call(writing.use('port'), [code(quoted(port))]), end: end + 2 };
}
const isPlainKey = (key: string): boolean => key !== '' && [...key].every((letter) => /[\w./-]/.test(letter));

/** A text as a literal, or as a template if it has references or several lines. */
export function literal(writing: Writing, text: string, seams: readonly number[] = []): Code {
  const image = imageReference(writing, text);
  if (image) return image;
  return partsText(writing, [text], seams);
}

function imageReference(writing: Writing, text: string): Code | undefined {
  const start = '{{docker.image[';
  if (!text.startsWith(start) || !text.endsWith(']}}')) return undefined;
  const [image, tag, ...more] = text.slice(start.length, -3).split('][');
  if (
    !image ||
    !tag ||
    more.length > 0 ||
    !isPlainKey(image) ||
    !isPlainKey(tag) ||
    writing.isTaken('imageDigest')
  )
    return undefined;
  return call(writing.use('imageDigest'), [code(quoted(image)), code(quoted(tag))]);
}

const SEAM = '\u0000';

/** Puts the parts of a text together as one piece of code. */
export function partsText(writing: Writing, parts: TextParts, seams: readonly number[] = []): Code {
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string' && seams.length > 0 && only.length > LONG) {
    const cuts = [0, ...seams.filter((at) => at > 0 && at < only.length), only.length];
    const pieces = cuts.slice(1).map((to, index) => only.slice(cuts[index], to));
    if (pieces.length > 1) return sum(pieces.map((piece) => partsText(writing, [piece])));
  }
  const pieces = split(parts);
  if (pieces.length > 1) return sum(pieces.map((piece) => partsText(writing, piece)));
  const all = parts.flatMap((part) =>
    typeof part === 'string' ? referenced(writing, part.replaceAll(SEAM, '')) : [part],
  );
  if (all.length === 0) return code("''", BINDS.whole, 'text');
  if (all.every((part) => typeof part === 'string')) {
    const text = all.join('');
    if (text.includes('\n') && text.trimEnd().includes('\n')) return template([text]);
    return code(quoted(text), BINDS.whole, 'text');
  }
  const [first] = all;
  if (all.length === 1 && typeof first === 'object' && first.shape === 'name') return first;
  if (all.length === 1 && typeof first === 'object' && isPort(first)) return first;
  return template(all);
}

const isPort = (piece: Code): boolean =>
  piece.shape === 'call' && Array.isArray(piece.doc) && String(piece.doc[0]).endsWith('port');

/** Splits a long text at its seams. */
function split(parts: TextParts): readonly TextParts[] {
  const length = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 12), 0);
  if (length < LONG || !parts.some((part) => typeof part === 'string' && part.includes(SEAM))) return [parts];
  const found: (string | Code)[][] = [[]];
  for (const part of parts) {
    if (typeof part !== 'string') found.at(-1)?.push(part);
    else
      part.split(SEAM).forEach((piece, index) => {
        if (index > 0) found.push([]);
        if (piece) found.at(-1)?.push(piece);
      });
  }
  return found.filter((piece) => piece.length > 0);
}

const sum = (pieces: readonly Code[]): Code => {
  const [first, ...rest] = pieces as [Code, ...Code[]];
  return operators(
    inside(first, BINDS.add),
    rest.map((piece) => ['+', inside(piece, BINDS.add)] as const),
    BINDS.add,
  );
};

/** A text with marks where its literal continued on another line. */
export const seamed = (text: string, seams: readonly number[]): string => {
  let result = '';
  for (let at = 0; at < text.length; at++) {
    if (seams.includes(at) && at > 0) result += SEAM;
    result += text[at];
  }
  return result;
};

/** A value as part of a text, as Python's \`str\` writes it. */
export function valuePart(writing: Writing, piece: Code, kind: PythonKind, node?: Spot): string | Code {
  if (isText(kind) || isWhole(kind)) return piece;
  if (isFloat(kind)) return call(writing.helper(writing.python === 2 ? 'floatText' : 'floatRepr'), [piece]);
  if (isBool(kind)) return code([inside(piece, BINDS.or), " ? 'True' : 'False'"], BINDS.conditional);
  if (isNone(kind)) return 'None';
  if (isTuple(kind) && ![...kind.parts].some((part) => part.p === 'tuple' && holdsTuple(part.of)))
    return call(writing.helper('tupleText'), [piece]);
  if (holdsTuple(kind) && kind.words.size > 0)
    writing.note(
      node ?? { from: 0, to: 0 },
      'a tuple, which Python writes as (1, 2), would read [1, 2] here',
    );
  else if (holdsTuple(kind))
    return writing.open(
      node ?? { from: 0, to: 0 },
      'a tuple that is written into a text inside of something else',
    );
  if (node && mayHoldFloat(kind))
    writing.note(node, 'a whole floating point number, which Python writes as 1.0, would read 1 here');
  return call(writing.helper('text'), [piece]);
}

/** The parts of an expression whose value is a text. */
export function textParts(writing: Writing, node: Expr, scope: PythonScope): TextParts {
  if (node.t === 'str') return [seamed(node.value, node.seams)];
  if (node.t === 'binary' && node.op === '+' && isText(writing.kind(node)))
    return [...textParts(writing, node.left, scope), ...textParts(writing, node.right, scope)];
  if (node.t === 'binary' && node.op === '%' && node.left.t === 'str') {
    const parts = percentParts(writing, node.left, node.right, scope);
    if (parts) return parts;
  }
  if (node.t === 'fstr') return formatStringParts(writing, node, scope);
  if (node.t === 'call' && node.fn.t === 'attr' && node.fn.name === 'format' && node.fn.object.t === 'str') {
    const parts = formatParts(writing, node, node.fn.object, scope);
    if (parts) return parts;
  }
  if (
    node.t === 'call' &&
    node.fn.t === 'name' &&
    (node.fn.id === 'str' || node.fn.id === 'unicode') &&
    node.args.length === 1 &&
    writing.local(node.fn.id, scope) === undefined
  ) {
    const value = node.args[0]?.value as Expr;
    return [valuePart(writing, writing.expr(value, scope), writing.kind(value), value)];
  }
  const piece = writing.expr(node, scope);
  return [isText(writing.kind(node)) ? piece : valuePart(writing, piece, writing.kind(node), node)];
}

const SPEC = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\d+))?[hlL]?([a-zA-Z%])/g;

/** The parts of `'format' % values`; undefined when it must be formatted at run time. */
export function percentParts(
  writing: Writing,
  format: Expr & { t: 'str' },
  values: Expr,
  scope: PythonScope,
): TextParts | undefined {
  const text = seamed(format.value, format.seams);
  const specs = [...text.matchAll(SPEC)];
  const wanted = specs.filter(([, , , , , letter]) => letter !== '%');
  const keyed = wanted.some(([, key]) => key !== undefined);
  const kind = writing.kind(values);
  let item: (
    index: number,
    key: string | undefined,
  ) => { piece: Code; kind: PythonKind; node?: Expr } | undefined;
  if (keyed) {
    item = (_, key = '') => keyedValue(writing, values, key, scope);
  } else if (values.t === 'tuple') {
    if (values.items.length !== wanted.length || values.items.some(({ t }) => t === 'star')) return undefined;
    item = (index) => {
      const node = values.items[index] as Expr;
      return { piece: writing.expr(node, scope), kind: writing.kind(node), node };
    };
  } else {
    if (
      wanted.length !== 1 ||
      kind.words.has('any') ||
      [...kind.parts].some(({ p }) => p === 'tuple' || p === 'dict')
    )
      return undefined;
    if (kind.words.size + kind.parts.size === 0) return undefined;
    item = () => ({ piece: writing.expr(values, scope), kind, node: values });
  }
  const found: (string | Code)[] = [];
  let at = 0;
  let index = 0;
  for (const match of specs) {
    found.push(text.slice(at, match.index));
    at = (match.index as number) + match[0].length;
    const [, key, flags = '', width, digits, letter = ''] = match;
    if (letter === '%') {
      found.push('%');
      continue;
    }
    const value = item(index++, key);
    const part = value && conversion(writing, value, { flags, width, digits, letter });
    if (!part) return undefined;
    found.push(...part);
  }
  found.push(text.slice(at));
  return compact(found);
}

/** The value of a key in a literal dictionary, or in one whose entries are all known. */
function keyedValue(writing: Writing, values: Expr, key: string, scope: PythonScope) {
  if (values.t === 'call' && values.fn.t === 'name' && values.args.length === 0) {
    if (!['locals', 'globals', 'vars'].includes(values.fn.id)) return undefined;
    const node: Expr = { t: 'name', id: key, from: values.from, to: values.to };
    const from = values.fn.id === 'globals' ? writing.module.scopes.file : scope;
    const local = writing.local(key, from);
    const own = lookup(from, key);
    if (local === undefined || !own) return undefined;
    return { piece: name(local), kind: writing.inference.nameKind(own), node };
  }
  if (values.t === 'dict') {
    const entry = values.entries.find((one) => one.key?.t === 'str' && one.key.value === key);
    if (!entry || values.entries.some((one) => one.key === undefined)) return undefined;
    return { piece: writing.expr(entry.value, scope), kind: writing.kind(entry.value), node: entry.value };
  }
  if (values.t === 'call' && values.fn.t === 'name' && values.fn.id === 'dict') {
    const arg = values.args.find((one) => one.name === key);
    if (!arg || values.args.some((one) => one.star !== '' || !one.name)) return undefined;
    return { piece: writing.expr(arg.value, scope), kind: writing.kind(arg.value), node: arg.value };
  }
  if (values.t !== 'name') return undefined;
  const kind = writing.kind(values);
  const [part, ...more] = [...kind.parts];
  if (part?.p !== 'dict' || more.length > 0 || kind.words.size > 0 || part.map || part.fields)
    return undefined;
  const own = part.props.get(key);
  if (!own || !/^[A-Za-z_$][\w$]*$/.test(key)) return undefined;
  return { piece: code([writing.expr(values, scope).doc, `.${key}`], BINDS.call), kind: own };
}

interface Conversion {
  readonly flags: string;
  readonly width: string | undefined;
  readonly digits: string | undefined;
  readonly letter: string;
}

function conversion(
  writing: Writing,
  { piece, kind, node }: { piece: Code; kind: PythonKind; node?: Expr | undefined },
  { flags, width, digits, letter }: Conversion,
): TextParts | undefined {
  if (letter === 's' && digits === undefined) {
    if (width === undefined)
      return node?.t === 'str' ? [node.value] : [valuePart(writing, piece, kind, node)];
    if (width === '*' || !isText(kind)) return undefined;
    const pad = flags.includes('-') ? 'padEnd' : 'padStart';
    return [code([inside(piece, BINDS.call), `.${pad}(${width})`], BINDS.call)];
  }
  if (
    (letter === 'd' || letter === 'i') &&
    digits === undefined &&
    (isWhole(kind) || isFloat(kind) || (isNumber(kind) && width === undefined))
  ) {
    const whole = isWhole(kind) ? piece : call('Math.trunc', [piece]);
    if (width === undefined && (flags === '' || flags === '0')) return [whole];
    if (width === '*' || flags.includes('+') || flags.includes(' ')) return undefined;
    const zero = flags.includes('0') && !flags.includes('-');
    if (zero && !isNatural(kind)) return [call(writing.helper('padded'), [whole, code(width ?? '0')])];
    const pad = flags.includes('-') ? 'padEnd' : 'padStart';
    return [
      call(['String', '(', whole.doc, `).${pad}`], [code(width ?? '0'), ...(zero ? [code("'0'")] : [])]),
    ];
  }
  if (letter === 'f' && width === undefined && flags === '' && isNumber(kind))
    return [call(writing.helper('fixed'), [piece, code(digits ?? '6')])];
  if (letter === 'r' && width === undefined && digits === undefined)
    return isText(kind) || !holdsTuple(kind)
      ? [call(writing.helper('repr'), [piece])]
      : [valuePart(writing, piece, kind, node)];
  if (letter === 'x' && width === undefined && isNatural(kind))
    return [code(['Number(', piece.doc, ').toString(16)'], BINDS.call)];
  return undefined;
}

function compact(parts: TextParts): TextParts {
  const found: (string | Code)[] = [];
  for (const part of parts) {
    const last = found.at(-1);
    if (typeof part === 'string' && typeof last === 'string') found[found.length - 1] = last + part;
    else if (part !== '') found.push(part);
  }
  return found;
}

/** One replacement field of `format` or of an f-string. */
function replacement(
  writing: Writing,
  piece: Code,
  kind: PythonKind,
  conversionLetter: string,
  format: string,
): TextParts {
  const shown = conversionLetter === 'r' ? call(writing.helper('repr'), [piece]) : piece;
  if (format === '') {
    if (conversionLetter === 'r') return [shown];
    return [valuePart(writing, shown, kind)];
  }
  if (/^0?\d+d?$/.test(format) && isNatural(kind)) {
    const zero = format.startsWith('0');
    const width = String(Number.parseInt(format, 10));
    return [call(['String', '(', piece.doc, ').padStart'], [code(width), ...(zero ? [code("'0'")] : [])])];
  }
  if (format === 'd' && isWhole(kind)) return [piece];
  const decimals = /^\.(\d+)f$/.exec(format);
  if (decimals && isNumber(kind))
    return [call(writing.helper('fixed'), [piece, code(decimals[1] as string)])];
  const float = isFloat(kind) && !/[a-zA-Z%]$/.test(format) && !format.includes('.');
  return [
    call(writing.helper('format'), [
      float ? (valuePart(writing, shown, kind) as Code) : shown,
      code(quoted(float && !/[<>=^]/.test(format) ? `>${format}` : format)),
    ]),
  ];
}

function formatStringParts(writing: Writing, node: Expr & { t: 'fstr' }, scope: PythonScope): TextParts {
  return compact(
    node.parts.flatMap((part): TextParts => {
      if (typeof part === 'string') return [part];
      return replacement(
        writing,
        writing.expr(part.value, scope),
        writing.kind(part.value),
        part.conversion,
        part.spec,
      );
    }),
  );
}

/** The parts of `'...'.format(...)`; undefined when it must be formatted at run time. */
function formatParts(
  writing: Writing,
  node: Expr & { t: 'call' },
  format: Expr & { t: 'str' },
  scope: PythonScope,
): TextParts | undefined {
  const text = seamed(format.value, format.seams);
  const spread = node.args.find((arg) => arg.star === '**');
  const listed = node.args.flatMap((arg) =>
    arg.star === '*' && (arg.value.t === 'list' || arg.value.t === 'tuple')
      ? arg.value.items.map((value) => ({ ...arg, star: '' as const, value }))
      : [arg],
  );
  if (
    listed.some((arg) => arg.star !== '' && arg !== spread) ||
    listed.some(({ value }) => value.t === 'star')
  )
    return undefined;
  const positions = listed.filter((arg) => !arg.name && arg.star === '');
  const found: (string | Code)[] = [];
  let next = 0;
  for (let at = 0; at < text.length; ) {
    const letter = text[at] as string;
    if ((letter === '{' || letter === '}') && text[at + 1] === letter) {
      found.push(letter);
      at += 2;
    } else if (letter === '{') {
      const end = text.indexOf('}', at);
      const field = text.slice(at + 1, end);
      if (end < 0 || field.includes('{')) return undefined;
      at = end + 1;
      const [head = '', ...rest] = field.split(':');
      const [path = '', conversionLetter = ''] = head.split('!');
      const [first = '', ...steps] = path
        .split(/[.[\]]+/)
        .filter((step, index) => index === 0 || step !== '');
      if (first === '' && path !== '') return undefined;
      const isPosition = first === '' || /^\d+$/.test(first);
      const arg = isPosition
        ? positions[first === '' ? next++ : Number(first)]
        : node.args.find((one) => one.name === first);
      const known = arg
        ? { piece: writing.expr(arg.value, scope), kind: writing.kind(arg.value) }
        : spread && !isPosition
          ? keyedValue(writing, spread.value, first, scope)
          : undefined;
      if (!known) return undefined;
      let { piece, kind } = known;
      for (const step of steps) {
        const [part] = [...kind.parts];
        const own: PythonKind | undefined =
          part?.p === 'dict' && !part.map && !part.fields ? part.props.get(step) : undefined;
        if (!own || path.includes('.')) return undefined;
        piece = code([inside(piece, BINDS.call), `[${quoted(step)}]`], BINDS.call);
        kind = own;
      }
      found.push(...replacement(writing, piece, kind, conversionLetter, rest.join(':')));
    } else if (letter === '}') return undefined;
    else {
      found.push(letter);
      at++;
    }
  }
  return compact(found);
}

const isTuple = (kind: PythonKind): boolean =>
  kind.words.size === 0 && kind.parts.size > 0 && [...kind.parts].every(({ p }) => p === 'tuple');

/** Whether it may contain a tuple: both become arrays here, but Python prints tuples and lists differently. */
export function holdsTuple(kind: PythonKind, depth = 0): boolean {
  if (depth > 4) return false;
  return [...kind.parts].some(
    (part) =>
      part.p === 'tuple' ||
      ((part.p === 'list' || part.p === 'set') && holdsTuple(part.of, depth + 1)) ||
      (part.p === 'dict' && (holdsTuple(part.of, depth + 1) || holdsTuple(part.key, depth + 1))),
  );
}

/** Whether it may be or contain a floating point number. */
export function mayHoldFloat(kind: PythonKind, depth = 0): boolean {
  if (kind.words.has('float')) return true;
  if (depth > 4) return false;
  return [...kind.parts].some(
    (part) =>
      (part.p === 'list' || part.p === 'tuple' || part.p === 'set' || part.p === 'dict') &&
      mayHoldFloat(part.of, depth + 1),
  );
}
