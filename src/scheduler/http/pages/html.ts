const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (found) => ENTITIES[found] as string);

export const link = (href: string, text: string): string => `<a href="${escaped(href)}">${escaped(text)}</a>`;

/**
 * A page with one table. Cells are HTML; all other strings are plain text. Yielded in parts, because tables may be
 * long.
 */
export function* tablePage(
  title: string,
  heads: readonly string[],
  rows: Iterable<readonly string[]>,
): Generator<string> {
  yield `<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>${escaped(title)}</title></head><body>\n`;
  yield `<h2>${escaped(title)}</h2>\n<table>\n`;
  yield `<tr>${heads.map((head) => `<th>${escaped(head)}</th>`).join('')}</tr>\n`;
  for (const row of rows) yield `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>\n`;
  yield '</table>\n</body></html>\n';
}
