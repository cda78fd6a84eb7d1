/**
 * Small functions that a translated file brings along when it needs them: what Python does with a value of which only
 * running the file tells the type, and what TypeScript has no word for. Each is printed as it stands here.
 */
interface Helper {
  readonly text: string;
  readonly needs?: readonly string[];
}

export const HELPERS: Readonly<Record<string, Helper>> = {
  untranslated: {
    text: `/** Stands where the original could not be translated. */
function untranslated(place: string): never {
  throw new Error(\`not translated yet: \${place}\`);
}`,
  },
  floatText: {
    text: `/** A floating point number as Python 2 writes it: \`1.0\`, \`0.25\`, \`1e-05\`. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [digits = '', power = ''] = value.toExponential(11).split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 12) {
    const sign = exponent < 0 ? '-' : '+';
    return \`\${Number(digits)}e\${sign}\${String(Math.abs(exponent)).padStart(2, '0')}\`;
  }
  const text = String(Number(value.toFixed(11 - exponent)));
  return text.includes('.') ? text : \`\${text}.0\`;
}`,
  },
  floatRepr: {
    text: `/** A floating point number as Python writes it: \`1.0\`, \`0.25\`, \`1e-05\`. */
function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [digits = '', power = ''] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const sign = exponent < 0 ? '-' : '+';
    return \`\${digits}e\${sign}\${String(Math.abs(exponent)).padStart(2, '0')}\`;
  }
  const text = exponent < 0 ? value.toFixed(digits.replace(/[-.]/g, '').length - 1 - exponent) : String(value);
  return text.includes('.') ? text : \`\${text}.0\`;
}`,
  },
  text: {
    text: `/** A value as Python writes it into a text. */
function text(value: any): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value);
  return repr(value);
}`,
    needs: ['floatText', 'repr'],
  },
  repr: {
    text: `/** A value as Python writes it into a list. */
function repr(value: any): string {
  if (value === undefined || value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatRepr(value);
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const body = value.replaceAll('\\\\', '\\\\\\\\').replaceAll('\\n', '\\\\n').replaceAll('\\t', '\\\\t').replaceAll('\\r', '\\\\r');
    return quote + (quote === "'" ? body.replaceAll("'", "\\\\'") : body) + quote;
  }
  if (Array.isArray(value)) return \`[\${value.map(repr).join(', ')}]\`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return \`{\${entries.map(([key, item]) => \`\${repr(key)}: \${repr(item)}\`).join(', ')}}\`;
}`,
    needs: ['floatRepr'],
  },
  truthy: {
    text: `/** What Python takes for true: 0, empty texts, empty lists and empty dictionaries are false. */
function truthy<T>(value: T): value is NonNullable<T> {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.keys(value).length > 0;
  return Boolean(value);
}`,
  },
  equal: {
    text: `/** Equality as Python has it: lists and dictionaries by what is in them. */
function equal(left: any, right: any): boolean {
  if (typeof left === 'boolean' && typeof right === 'number') return Number(left) === right;
  if (typeof left === 'number' && typeof right === 'boolean') return left === Number(right);
  if (left === right || (left == null && right == null)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  if (left instanceof Set && right instanceof Set)
    return left.size === right.size && [...left].every((item) => right.has(item));
  const entries = (value: any) => (value instanceof Map ? [...value] : Object.entries(value));
  const [all, others] = [entries(left), new Map(entries(right))];
  return all.length === others.size && all.every(([key, item]) => others.has(key) && equal(item, others.get(key)));
}`,
  },
  contains: {
    text: `/** Python's \`item in all\`. */
function contains(all: any, item: any): boolean {
  if (typeof all === 'string') return all.includes(item);
  if (all instanceof Map || all instanceof Set) return all.has(item);
  if (Array.isArray(all)) return all.some((one) => equal(one, item));
  return Object.hasOwn(all, item);
}`,
    needs: ['equal'],
  },
  add: {
    text: `/** Python's \`left + right\`. */
function add(left: any, right: any): any {
  return Array.isArray(left) ? [...left, ...right] : left + right;
}`,
  },
  repeat: {
    text: `/** Python's \`left * right\`: a product, or a text or list several times. */
function repeat(left: any, right: any): any {
  if (typeof left === 'string' || Array.isArray(left)) {
    const times = Math.max(0, Number(right));
    return typeof left === 'string' ? left.repeat(times) : Array.from({ length: times }, () => left).flat();
  }
  return typeof right === 'string' || Array.isArray(right) ? repeat(right, left) : left * right;
}`,
  },
  modulo: {
    text: `/** The remainder as Python has it: it has the sign of the divisor. */
function modulo(left: number, right: number): number {
  return ((left % right) + right) % right;
}`,
  },
  item: {
    text: `/** The element with a key or at a position, which must be there. */
function item(of: any, key: any): any {
  const list = typeof of === 'string' || Array.isArray(of);
  const found = list ? of.at(key) : of instanceof Map ? of.get(key) : Object.hasOwn(of, key) ? of[key] : undefined;
  const there = list ? key < of.length && key >= -of.length : of instanceof Map ? of.has(key) : Object.hasOwn(of, key);
  if (!there) throw Object.assign(new Error(String(key)), { name: list ? 'IndexError' : 'KeyError' });
  return found;
}`,
  },
  isError: {
    text: `/** Whether something thrown is one of Python's exceptions with these names. */
function isError(thrown: any, ...names: string[]): boolean {
  if (thrown?.code !== undefined) return names.some((name) => ['IOError', 'OSError', 'EnvironmentError'].includes(name));
  return names.includes(thrown?.name) || (names.includes('LookupError') && ['KeyError', 'IndexError'].includes(thrown?.name));
}`,
  },
  each: {
    text: `/** What a loop over a value goes through: keys of a dictionary, elements of anything else. */
function each(value: any): any[] {
  if (value instanceof Map) return [...value.keys()];
  return typeof value === 'string' || Symbol.iterator in value ? [...value] : Object.keys(value);
}`,
  },
  entries: {
    text: `/** Keys and values of a dictionary. */
function entries(value: any): [any, any][] {
  return value instanceof Map ? [...value] : Object.entries(value);
}`,
  },
  size: {
    text: `/** Python's \`len\`. */
function size(value: any): number {
  return value.length ?? value.size ?? Object.keys(value).length;
}`,
  },
  take: {
    text: `/** Takes an entry out of a dictionary; without a default it must be there. */
function take(from: any, key: any, ...otherwise: any[]): any {
  const there = from instanceof Map ? from.has(key) : Object.hasOwn(from, key);
  if (!there && otherwise.length === 0) throw Object.assign(new Error(String(key)), { name: 'KeyError' });
  const value = from instanceof Map ? from.get(key) : from[key];
  if (from instanceof Map) from.delete(key);
  else delete from[key];
  return there ? value : otherwise[0];
}`,
  },
  orSet: {
    text: `/** Python's \`setdefault\`: the entry, which is made when it is not there. */
function orSet(of: any, key: any, value: any): any {
  if (of instanceof Map) {
    if (!of.has(key)) of.set(key, value);
    return of.get(key);
  }
  if (!Object.hasOwn(of, key)) of[key] = value;
  return of[key];
}`,
  },
  removeItem: {
    text: `/** Takes the first element that is equal out of a list. */
function removeItem(from: any[], wanted: any): void {
  const at = from.findIndex((one) => equal(one, wanted));
  if (at < 0) throw Object.assign(new Error('the list has no such element'), { name: 'ValueError' });
  from.splice(at, 1);
}`,
    needs: ['equal'],
  },
  compare: {
    text: `/** Python's order of texts, numbers and lists, for sorting. */
function compare(left: any, right: any): number {
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let at = 0; at < Math.min(left.length, right.length); at++) {
      const found = compare(left[at], right[at]);
      if (found !== 0) return found;
    }
    return left.length - right.length;
  }
  return left < right ? -1 : left > right ? 1 : 0;
}`,
  },
  sortedBy: {
    text: `/** A sorted copy. */
function sortedBy<T>(all: Iterable<T>, key: (item: T) => any = (item) => item, reverse = false): T[] {
  const sign = reverse ? -1 : 1;
  return [...all].sort((left, right) => sign * compare(key(left), key(right)));
}`,
    needs: ['compare'],
  },
  range: {
    text: `/** Whole numbers from \`start\` up to, and without, \`end\`. */
function range(start: number, end: number, step = 1): number[] {
  return Array.from({ length: Math.max(0, Math.ceil((end - start) / step)) }, (_, index) => start + index * step);
}`,
  },
  zip: {
    text: `/** First elements together, second ones, and so on, as far as the shortest list goes. */
function zip(...lists: any[]): any[] {
  const all = lists.map((list) => [...list]);
  const length = Math.min(...all.map((list) => list.length));
  return Array.from({ length }, (_, index) => all.map((list) => list[index]));
}`,
  },
  product: {
    text: `/** Every combination of elements, one of each list. */
function product(...lists: any[]): any[] {
  return lists.reduce((all, list) => all.flatMap((row: any[]) => [...list].map((item) => [...row, item])), [[]]);
}`,
  },
  slice: {
    text: `/** Every \`step\`th element of a slice. */
function slice(of: any, step: number, start?: number, end?: number): any {
  const { length } = of;
  const bound = (at: number) => (at < 0 ? Math.max(at + length, step < 0 ? -1 : 0) : Math.min(at, step < 0 ? length - 1 : length));
  const from = start === undefined ? (step < 0 ? length - 1 : 0) : bound(start);
  const to = end === undefined ? (step < 0 ? -1 : length) : bound(end);
  const found: any[] = [];
  for (let at = from; step < 0 ? at > to : at < to; at += step) found.push(of[at]);
  return typeof of === 'string' ? found.join('') : found;
}`,
  },
  strip: {
    text: `/** Without the given letters at its ends; \`ends\` is l, r or lr. */
function strip(value: string, letters: string, ends = 'lr'): string {
  let [start, end] = [0, value.length];
  if (ends.includes('l')) while (start < end && letters.includes(value[start] as string)) start++;
  if (ends.includes('r')) while (end > start && letters.includes(value[end - 1] as string)) end--;
  return value.slice(start, end);
}`,
  },
  splitAt: {
    text: `/** The parts of a text; at most \`most\` splits, from the left or the right. */
function splitAt(value: string, separator: string, most: number, right = false): string[] {
  const parts = value.split(separator);
  if (parts.length <= most + 1) return parts;
  if (right) return [parts.slice(0, parts.length - most).join(separator), ...parts.slice(parts.length - most)];
  return [...parts.slice(0, most), parts.slice(most).join(separator)];
}`,
  },
  partition: {
    text: `/** A text in three: before the separator, the separator, and behind it. */
function partition(value: string, separator: string): [string, string, string] {
  const at = value.indexOf(separator);
  return at < 0 ? [value, '', ''] : [value.slice(0, at), separator, value.slice(at + separator.length)];
}`,
  },
  rpartition: {
    text: `/** A text in three, at the last separator. */
function rpartition(value: string, separator: string): [string, string, string] {
  const at = value.lastIndexOf(separator);
  return at < 0 ? ['', '', value] : [value.slice(0, at), separator, value.slice(at + separator.length)];
}`,
  },
  lines: {
    text: `/** The lines of a text, without an empty one at its end. */
function lines(value: string): string[] {
  const found = value.split(/\\r\\n|\\n|\\r/);
  if (found.at(-1) === '') found.pop();
  return found;
}`,
  },
  linesOf: {
    text: `/** The lines of a file, each with its line break. */
function linesOf(value: string): string[] {
  return value.match(/[^\\n]*\\n|[^\\n]+/g) ?? [];
}`,
  },
  capitalize: {
    text: `/** The first letter large, all others small. */
function capitalize(value: string): string {
  return value.slice(0, 1).toUpperCase() + value.slice(1).toLowerCase();
}`,
  },
  title: {
    text: `/** The first letter of every word large, all others small. */
function title(value: string): string {
  return value.toLowerCase().replace(/[a-z]+/g, (word) => word.slice(0, 1).toUpperCase() + word.slice(1));
}`,
  },
  fixed: {
    text: `/** A number with a fixed count of decimals, ties to the even digit as Python has them. */
function fixed(value: number, digits: number): string {
  const exact = value.toFixed(Math.min(100, digits + 30));
  const kept = exact.slice(0, exact.length - 30 - (digits === 0 ? 1 : 0));
  const isTie = /^\\.?50*$/.test(exact.slice(kept.length));
  return isTie && Number(kept.at(-1)) % 2 === 0 ? kept : value.toFixed(digits);
}`,
  },
  padded: {
    text: `/** A whole number with zeros in front. */
function padded(value: number, width: number): string {
  return value < 0 ? \`-\${String(-value).padStart(width - 1, '0')}\` : String(value).padStart(width, '0');
}`,
  },
  percent: {
    text: `/** Python's \`format % values\`. */
function percent(format: string, values: any): string {
  const list = Array.isArray(values) ? [...values] : [values];
  return format.replace(
    /%(?:\\(([^)]*)\\))?([-+ #0]*)(\\*|\\d+)?(?:\\.(\\d+))?[hlL]?([a-zA-Z%])/g,
    (_, key, flags, width, digits, letter) => {
      if (letter === '%') return '%';
      const size = width === '*' ? list.shift() : Number(width ?? 0);
      const value = key === undefined ? list.shift() : values instanceof Map ? values.get(key) : values[key];
      const shown = formatted(value, letter, digits === undefined ? undefined : Number(digits));
      const signed = typeof value === 'number' && value >= 0 ? (flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') : '';
      if (flags.includes('-')) return (signed + shown).padEnd(size);
      if (!flags.includes('0') || letter === 's') return (signed + shown).padStart(size);
      const sign = signed || (shown.startsWith('-') ? '-' : '');
      return sign + shown.replace(/^-/, '').padStart(size - sign.length, '0');
    },
  );
}

function formatted(value: any, letter: string, digits: number | undefined): string {
  switch (letter) {
    case 'd':
    case 'i':
    case 'u':
      return String(Math.trunc(Number(value)));
    case 'f':
    case 'F':
      return fixed(Number(value), digits ?? 6);
    case 'e':
      return Number(value).toExponential(digits ?? 6).replace(/e([+-])(\\d)$/, 'e$10$2');
    case 'x':
      return Math.trunc(value).toString(16);
    case 'X':
      return Math.trunc(value).toString(16).toUpperCase();
    case 'o':
      return Math.trunc(value).toString(8);
    case 'c':
      return typeof value === 'number' ? String.fromCodePoint(value) : value;
    case 'r':
      return repr(value).slice(0, digits);
    case 's':
      return text(value).slice(0, digits);
    default:
      throw new Error(\`no format %\${letter}\`);
  }
}`,
    needs: ['fixed', 'repr', 'text'],
  },
  format: {
    text: `/** Python's \`format(value, spec)\`: fill, alignment, sign, width, thousands, decimals and type. */
function format(value: any, spec: string): string {
  const [, fill = ' ', align, sign = '', zero, width = '0', comma, digits, type = ''] =
    /^(?:(.)?([<>=^]))?([-+ ]?)#?(0)?(\\d+)?(,)?(?:\\.(\\d+))?([a-zA-Z%])?$/s.exec(spec) ?? [];
  const isNumber = typeof value === 'number';
  const size = Math.abs(Number(value));
  const shown = !isNumber
    ? text(value).slice(0, digits === undefined ? undefined : Number(digits))
    : type === 'f' || type === 'F' || (type === '' && digits !== undefined)
      ? fixed(size, Number(digits ?? 6))
      : type === '%'
        ? \`\${fixed(size * 100, Number(digits ?? 6))}%\`
        : type === 'x' || type === 'X' || type === 'o' || type === 'b'
          ? size.toString({ x: 16, X: 16, o: 8, b: 2 }[type])[type === 'X' ? 'toUpperCase' : 'toString']()
          : text(type === 'd' ? Math.trunc(size) : size);
  const grouped = comma ? shown.replace(/\\B(?=(\\d{3})+(?!\\d))(?<!\\.\\d*)/g, ',') : shown;
  const mark = isNumber ? (value < 0 ? '-' : sign === '-' ? '' : sign) : '';
  const room = Number(width);
  const where = align ?? (zero ? '=' : isNumber ? '>' : '<');
  const letter = align ? fill : zero ? '0' : ' ';
  if (where === '=') return mark + grouped.padStart(room - mark.length, letter);
  const whole = mark + grouped;
  if (where === '<') return whole.padEnd(room, letter);
  if (where === '>') return whole.padStart(room, letter);
  const left = Math.floor((room - whole.length) / 2);
  return whole.padStart(whole.length + Math.max(0, left), letter).padEnd(room, letter);
}`,
    needs: ['fixed', 'text'],
  },
  jsonText: {
    text: `/** JSON with the blanks that Python puts into it. */
function jsonText(value: any, options: { indent?: number | undefined; sort?: boolean; separators?: [string, string] } = {}): string {
  const { indent, sort = false } = options;
  const [comma, colon] = options.separators ?? [indent === undefined || floatText(1) === '1.0' ? ', ' : ',', ': '];
  const write = (part: any, depth: number): string => {
    if (part === undefined || part === null) return 'null';
    if (typeof part === 'string')
      return JSON.stringify(part).replace(/[\\u007f-\\uffff]/g, (letter) => \`\\\\u\${letter.charCodeAt(0).toString(16).padStart(4, '0')}\`);
    if (typeof part === 'number') return Number.isInteger(part) ? String(part) : floatRepr(part);
    if (typeof part !== 'object') return JSON.stringify(part);
    const list = Array.isArray(part);
    const all: [any, any][] = list ? part.map((item) => ['', item]) : part instanceof Map ? [...part] : Object.entries(part);
    if (sort && !list) all.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
    const items = all.map(([key, item]) => (list ? '' : write(String(key), 0) + colon) + write(item, depth + 1));
    const [open, close] = list ? ['[', ']'] : ['{', '}'];
    if (indent === undefined || items.length === 0) return open + items.join(comma) + close;
    const line = \`\\n\${' '.repeat(indent * (depth + 1))}\`;
    return \`\${open}\${line}\${items.join(comma + line)}\\n\${' '.repeat(indent * depth)}\${close}\`;
  };
  return write(value, 0);
}`,
    needs: ['floatText', 'floatRepr'],
  },
  fromEnvironment: {
    text: `/** A variable of the environment, which must be set. */
function fromEnvironment(name: string): string {
  const value = globalThis.process.env[name];
  if (value === undefined) throw Object.assign(new Error(\`\${name} is not set\`), { name: 'KeyError' });
  return value;
}`,
  },
  toInt: {
    text: `/** Python's \`int\`: a text must be a whole number, a number loses its fraction. */
function toInt(value: any): number {
  if (typeof value !== 'string') return Math.trunc(Number(value));
  if (!/^\\s*[-+]?\\d+\\s*$/.test(value)) throw Object.assign(new Error(\`\${value} is no whole number\`), { name: 'ValueError' });
  return Number(value);
}`,
  },
  toFloat: {
    text: `/** Python's \`float\`: a text must be a number. */
function toFloat(value: any): number {
  const found = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isNaN(found)) throw Object.assign(new Error(\`\${value} is no number\`), { name: 'ValueError' });
  return found;
}`,
  },
  rounded: {
    text: `/** Python 2's \`round\`: halves away from zero. */
function rounded(value: number, digits = 0): number {
  const scale = 10 ** digits;
  return (Math.sign(value) * Math.round(Math.abs(value) * scale)) / scale;
}`,
  },
  roundedToEven: {
    text: `/** Python 3's \`round\`: halves to the even number. */
function roundedToEven(value: number, digits = 0): number {
  const scaled = value * 10 ** digits;
  const floor = Math.floor(scaled);
  const up = scaled - floor > 0.5 || (scaled - floor === 0.5 && floor % 2 !== 0);
  return (floor + (up ? 1 : 0)) / 10 ** digits;
}`,
  },
  dedent: {
    text: `/** Without the blanks that all lines start with. */
function dedent(value: string): string {
  const all = value.replace(/^[ \\t]+$/gm, '').split('\\n');
  const margins = all.filter((line) => line !== '').map((line) => /^[ \\t]*/.exec(line)?.[0] ?? '');
  const margin = margins.reduce((common, one) => {
    let at = 0;
    while (at < common.length && common[at] === one[at]) at++;
    return common.slice(0, at);
  }, margins[0] ?? '');
  return all.map((line) => line.slice(line === '' ? 0 : margin.length)).join('\\n');
}`,
  },
  shellQuoted: {
    text: `/** A text as one word of the shell. */
function shellQuoted(value: string): string {
  return /^[\\w@%+=:,./-]+$/.test(value) ? value : \`'\${value.replaceAll("'", \`'"'"'\`)}'\`;
}`,
  },
  strftime: {
    text: `/** A moment by a format of C's strftime. */
function strftime(format: string, at: Date = new Date()): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const names = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-US', options).format(at);
  const parts: Record<string, () => string> = {
    '%': () => '%',
    a: () => names({ weekday: 'short' }),
    A: () => names({ weekday: 'long' }),
    b: () => names({ month: 'short' }),
    B: () => names({ month: 'long' }),
    d: () => two(at.getDate()),
    F: () => strftime('%Y-%m-%d', at),
    H: () => two(at.getHours()),
    m: () => two(at.getMonth() + 1),
    M: () => two(at.getMinutes()),
    S: () => two(at.getSeconds()),
    s: () => String(Math.floor(at.getTime() / 1000)),
    T: () => strftime('%H:%M:%S', at),
    Y: () => String(at.getFullYear()),
    y: () => two(at.getFullYear() % 100),
  };
  return format.replace(/%(.)/g, (whole, letter: string) => {
    const part = parts[letter];
    if (!part) throw new Error(\`no format \${whole}\`);
    return part();
  });
}`,
  },
  camelCase: {
    text: `/** A dictionary of fields, with the names that fields have here: \`max_failures\` is \`maxFailures\`. */
function camelCase(fields: any): any {
  return Object.fromEntries(
    entries(fields).map(([name, value]) => [String(name).replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase()), value]),
  );
}`,
    needs: ['entries'],
  },
};

/** The helpers that some need, with those that they need, in a fixed order. */
export function helperTexts(
  wanted: ReadonlySet<string>,
  nameOf: (helper: string) => string,
): readonly string[] {
  const all = new Set<string>();
  const add = (name: string) => {
    if (all.has(name)) return;
    all.add(name);
    for (const needed of HELPERS[name]?.needs ?? []) add(needed);
  };
  for (const name of wanted) add(name);
  return Object.keys(HELPERS)
    .filter((name) => all.has(name))
    .map((name) => renamed((HELPERS[name] as Helper).text, [...all], nameOf));
}

/** A helper whose name the file has for something else gets another one, also where helpers call it. */
function renamed(text: string, helpers: readonly string[], nameOf: (helper: string) => string): string {
  return helpers.reduce((result, helper) => {
    const name = nameOf(helper);
    if (name === helper) return result;
    return result.replace(
      new RegExp(`(?<![\\w.'"\`])${helper}(?=\\()|(?<=map\\()${helper}(?=\\))`, 'g'),
      name,
    );
  }, text);
}
