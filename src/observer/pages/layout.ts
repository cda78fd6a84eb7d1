import { STYLE } from './style.ts';

/** Builds pages without scripts. Values are escaped where they are inserted. */

/** Markup that goes into a page as it is, without escaping. */
export interface Html {
  readonly markup: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const plain = (value: unknown): string =>
  String(value).replace(/[&<>"']/g, (letter) => ESCAPES[letter] as string);

type Part = Html | string | number | bigint | undefined | readonly Html[];

const isHtml = (part: Part): part is Html => typeof part === 'object' && !Array.isArray(part);

function shown(part: Part): string {
  if (part === undefined) return '';
  if (isHtml(part)) return part.markup;
  if (Array.isArray(part)) return part.map(({ markup }: Html) => markup).join('');
  return plain(part);
}

/** Tag for templates that make a piece of a page. Inserted values are escaped unless they are `Html` or lists of it. */
export const html = (texts: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  markup: texts.reduce((whole, text, at) => whole + shown(parts[at - 1]) + text),
});

/** A whole page. */
export const page = (title: string, body: Html): string =>
  html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${{ markup: STYLE }}</style></head><body><nav><a href="/">All tasks</a></nav><main><h1>${title}</h1>${body}</main></body></html>`
    .markup;

export const errorPage = (title: string, text: string): string => page(title, html`<p>${text}</p>`);

/** Makes the path of a link; every part is encoded. */
export const href = (...parts: readonly (string | number)[]): string =>
  `/${parts.map((part) => encodeURIComponent(String(part))).join('/')}`;

/** Formats seconds since the epoch as a time that says it is UTC; empty for 0 and undefined. */
export const time = (seconds: number | undefined): string =>
  seconds === undefined || seconds === 0
    ? ''
    : `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function bytes(count: number): string {
  const power = count < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(count) / 10));
  return `${(count / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${UNITS[power]}`;
}

export const cores = (count: number): string => count.toFixed(3);
