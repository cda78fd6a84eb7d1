import type { Helper } from './helper.ts';

/** Helpers for texts made of values by a format. */
export const FORMAT_HELPERS: Readonly<Record<string, Helper>> = {
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
      const signed =
        typeof value === 'number' && value >= 0
          ? flags.includes('+')
            ? '+'
            : flags.includes(' ')
              ? ' '
              : ''
          : '';
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
      return Number(value)
        .toExponential(digits ?? 6)
        .replace(/e([+-])(\\d)$/, 'e$10$2');
    case 'g': {
      const size = digits || 6;
      const [mantissa = '', power = '0'] = Number(value)
        .toExponential(size - 1)
        .split('e');
      if (Number(power) >= -4 && Number(power) < size) return String(Number(Number(value).toPrecision(size)));
      return \`\${Number(mantissa)}e\${power.startsWith('-') ? '-' : '+'}\${power.replace(/^[-+]/, '').padStart(2, '0')}\`;
    }
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
  filled: {
    text: `/** Python's \`text.format(...)\`. */
function filled(format_: string, positions: any[], names: Record<string, any> = {}): string {
  let next = 0;
  return format_.replace(
    /\\{\\{|\\}\\}|\\{([^{}!:]*)(?:!([rs]))?(?::([^{}]*))?\\}/g,
    (whole, path, shown, spec) => {
      if (path === undefined) return whole[0] as string;
      const [first = '', ...steps] = path
        .split(/[.[\\]]+/)
        .filter((step: string, at: number) => at === 0 || step !== '');
      const start =
        first === '' ? positions[next++] : /^\\d+$/.test(first) ? positions[Number(first)] : names[first];
      const value = steps.reduce(
        (of: any, step: string) => (of instanceof Map ? of.get(step) : of[step]),
        start,
      );
      const piece = shown === 'r' ? repr(value) : value;
      return spec ? format(piece, spec) : text(piece);
    },
  );
}`,
    needs: ['format', 'repr', 'text'],
  },
  jsonText: {
    text: `/** JSON with the blanks that Python puts into it. */
function jsonText(
  value: any,
  options: { indent?: number | undefined; sort?: boolean; separators?: [string, string] } = {},
): string {
  const { indent, sort = false } = options;
  const [comma, colon] = options.separators ?? [
    indent === undefined || floatText(1) === '1.0' ? ', ' : ',',
    ': ',
  ];
  const write = (part: any, depth: number): string => {
    if (part === undefined || part === null) return 'null';
    if (typeof part === 'string')
      return JSON.stringify(part).replace(
        /[\\u007f-\\uffff]/g,
        (letter) => \`\\\\u\${letter.charCodeAt(0).toString(16).padStart(4, '0')}\`,
      );
    if (typeof part === 'number') return Number.isInteger(part) ? String(part) : floatRepr(part);
    if (typeof part !== 'object') return JSON.stringify(part);
    const list = Array.isArray(part);
    const all: [any, any][] = list
      ? part.map((item) => ['', item])
      : part instanceof Map
        ? [...part]
        : Object.entries(part);
    if (sort && !list) all.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
    const items = all.map(
      ([key, item]) => (list ? '' : write(String(key), 0) + colon) + write(item, depth + 1),
    );
    const [open, close] = list ? ['[', ']'] : ['{', '}'];
    if (indent === undefined || items.length === 0) return open + items.join(comma) + close;
    const line = \`\\n\${' '.repeat(indent * (depth + 1))}\`;
    return \`\${open}\${line}\${items.join(comma + line)}\\n\${' '.repeat(indent * depth)}\${close}\`;
  };
  return write(value, 0);
}`,
    needs: ['floatText', 'floatRepr'],
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
};
