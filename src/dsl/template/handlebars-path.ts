import * as generated from 'handlebars/dist/cjs/handlebars/compiler/parser.js';

/**
 * Addresses are parsed by Handlebars' parser. Its grammar writes keys as `a.[key].b` and ours as `a[key].b`, so the dot is
 * inserted first. Everything else in its grammar (blocks, helpers, partials, comments) is recognised and refused by name.
 */
interface HandlebarsParser {
  yy: object;
  parse(text: string): unknown;
}

const parser = ((generated as { default?: unknown }).default ?? generated) as HandlebarsParser;
const handlebars = (parser as unknown as { default?: HandlebarsParser }).default ?? parser;

interface PathPart {
  readonly original: string;
  readonly separator?: string;
}
interface Refusal {
  readonly refused: string;
}
type Parsed = readonly PathPart[] | Refusal;

const refusal = (refused: string) => (): Refusal => ({ refused });

/** Callbacks of the parser: paths become lists of parts, anything else says what it is. */
const actions = {
  id: (token: string) => token,
  locInfo: () => undefined,
  stripFlags: () => undefined,
  stripComment: () => '',
  preparePath: (data: boolean, parts: readonly PathPart[]): Parsed =>
    data ? { refused: 'is a data variable of Handlebars' } : parts,
  prepareMustache: (path: Parsed | { readonly type: string }, params: readonly unknown[], hash: unknown) =>
    params.length > 0 || hash ? { refused: 'calls a helper; a reference has no arguments' } : path,
  prepareBlock: refusal('is a block; use an if in TypeScript instead'),
  prepareRawBlock: refusal('is a raw block'),
  preparePartialBlock: refusal('is a partial; use an import in TypeScript instead'),
  prepareProgram: (statements: readonly unknown[]) => statements,
};

/** Words that Handlebars' lexer does not accept as names. */
const RESERVED = /(^|\.)(true|false|null|undefined|this|else|as)(?=$|[.[])/g;
const PLAIN = /^(?:\.(?=.))?(?:[^.[\]\s]+|\[[^[\]\s]+\])(?:\.[^.[\]\s]+|\[[^[\]\s]+\])*$/;

/**
 * The steps of an address as written (`a`, `[key]`); or, as a sentence without its subject, why it is not one. A
 * leading dot is dropped.
 */
export function handlebarsPath(text: string): readonly string[] | string {
  const address = text.replace(/^\./, '');
  if (!PLAIN.test(text) || address === '') return whyNot(text);
  const path = address
    .replaceAll(RESERVED, '$1[$2]')
    .replaceAll(/(?<=[^.])\[/g, '.[')
    .replaceAll('..', '.');
  const parsed = parse(path);
  if (!Array.isArray(parsed)) return `is not a reference: ${(parsed as Refusal).refused}`;
  const parts = (parsed as readonly PathPart[]).map(({ original }) => original);
  if ((parsed as readonly PathPart[]).some(({ separator }) => separator === '/'))
    return 'is not a reference: names are joined by dots';
  return parts.map((part) => (isReserved(part, address) ? part.slice(1, -1) : part));
}

/** Whether the brackets around a reserved word are ours and not the user's. */
const isReserved = (part: string, address: string): boolean =>
  /^\[(true|false|null|undefined|this|else|as)\]$/.test(part) && !address.includes(part);

function parse(path: string): Parsed {
  handlebars.yy = actions;
  try {
    const [statement] = handlebars.parse(`{{${path}}}`) as readonly unknown[];
    return described(statement);
  } catch {
    return { refused: 'it cannot be read' };
  }
}

function described(statement: unknown): Parsed {
  if (Array.isArray(statement)) return statement as readonly PathPart[];
  const { type, refused } = statement as { readonly type?: string; readonly refused?: string };
  if (refused) return { refused };
  if (type === 'CommentStatement') return { refused: 'is a comment' };
  if (type === 'PartialStatement') return { refused: 'is a partial; use an import in TypeScript instead' };
  return { refused: `is a ${type ?? 'statement'} of Handlebars` };
}

function whyNot(text: string): string {
  if (/^\s|\s$/.test(text)) return 'is not a reference: no blanks are allowed between the braces';
  const parsed = parse(text);
  if (!Array.isArray(parsed)) return `is not a reference: ${(parsed as Refusal).refused}`;
  return 'is not a reference: write {{name}}, {{name.field}} or {{name[key]}}';
}
