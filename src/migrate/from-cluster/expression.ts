/** A piece of a job file: a TypeScript expression with the names that it uses. */
export type Expression =
  | { readonly kind: 'code'; readonly text: string; readonly uses?: readonly string[] }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, Expression])[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] };

export const code = (text: string, ...uses: string[]): Expression => ({ kind: 'code', text, uses });
export const call = (name: string, ...args: Expression[]): Expression => ({ kind: 'call', name, args });
export const list = (items: readonly Expression[]): Expression => ({ kind: 'list', items });
export const object = (entries: readonly (readonly [string, Expression])[]): Expression => ({
  kind: 'object',
  entries,
});

/** Width of a line; a line that cannot be broken may be longer. */
const WIDTH = 100;
const STEP = '  ';

/** The names that an expression calls or reads. */
export function namesIn(expression: Expression): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (at: Expression): void => {
    if (at.kind === 'code') for (const name of at.uses ?? []) names.add(name);
    else if (at.kind === 'list') at.items.forEach(visit);
    else if (at.kind === 'object') for (const [, value] of at.entries) visit(value);
    else {
      // For a method, the name of the object it is called on counts.
      names.add(at.name.split('.', 1)[0] as string);
      at.args.forEach(visit);
    }
  };
  visit(expression);
  return names;
}

const keyText = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : stringText(key));

/** A text in single quotes. */
export const stringText = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

function flat(at: Expression): string {
  switch (at.kind) {
    case 'code':
      return at.text;
    case 'call':
      return `${at.name}(${at.args.map(flat).join(', ')})`;
    case 'list':
      return `[${at.items.map(flat).join(', ')}]`;
    case 'object':
      return at.entries.length === 0 ? '{}' : `{ ${at.entries.map(entryText).join(', ')} }`;
  }
}

function entryText([key, value]: readonly [string, Expression]): string {
  const text = flat(value);
  return text === key ? key : `${keyText(key)}: ${text}`;
}

/** Prints source, broken into lines where it does not fit. It begins at `column`, in a line with this `indent`. */
export function print(at: Expression, indent = '', column = indent.length): string {
  const short = flat(at);
  if (at.kind === 'code' || (column + short.length < WIDTH && !short.includes('\n'))) return short;
  if (at.kind === 'call') {
    const [first, ...others] = at.args;
    // A single argument stays on the line of the opening parenthesis and breaks inside itself.
    if (first && others.length === 0)
      return `${at.name}(${print(first, indent, column + at.name.length + 1)})`;
    return `${at.name}(\n${lines(
      at.args.map((arg) => ['', arg]),
      indent,
    )}${indent})`;
  }
  if (at.kind === 'list')
    return `[\n${lines(
      at.items.map((item) => ['', item]),
      indent,
    )}${indent}]`;
  return `{\n${lines(
    at.entries.map(([key, value]) => [flat(value) === key ? '' : `${keyText(key)}: `, value]),
    indent,
  )}${indent}}`;
}

const lines = (parts: readonly (readonly [string, Expression])[], indent: string): string =>
  parts
    .map(([head, value]) => {
      const inner = indent + STEP;
      return `${inner}${head}${print(value, inner, inner.length + head.length)},\n`;
    })
    .join('');
