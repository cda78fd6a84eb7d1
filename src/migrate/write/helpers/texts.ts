import type { Helper } from './helper.ts';

/** Helpers for Python's methods of texts. */
export const TEXT_HELPERS: Readonly<Record<string, Helper>> = {
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
    const body = value
      .replaceAll('\\\\', '\\\\\\\\')
      .replaceAll('\\n', '\\\\n')
      .replaceAll('\\t', '\\\\t')
      .replaceAll('\\r', '\\\\r');
    return quote + (quote === "'" ? body.replaceAll("'", "\\\\'") : body) + quote;
  }
  if (Array.isArray(value)) return \`[\${value.map(repr).join(', ')}]\`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return \`{\${entries.map(([key, item]) => \`\${repr(key)}: \${repr(item)}\`).join(', ')}}\`;
}`,
    needs: ['floatRepr'],
  },
  tupleText: {
    text: `/** A tuple as Python writes it. */
function tupleText(items: readonly any[]): string {
  return \`(\${items.map(repr).join(', ')}\${items.length === 1 ? ',' : ''})\`;
}`,
    needs: ['repr'],
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
  if (right)
    return [parts.slice(0, parts.length - most).join(separator), ...parts.slice(parts.length - most)];
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
  centred: {
    text: `/** A text in the middle of a number of places. */
function centred(value: string, width: number, fill = ' '): string {
  const room = Math.max(0, width - value.length);
  const left = Math.floor(room / 2) + (room & width & 1);
  return fill.repeat(left) + value + fill.repeat(room - left);
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
};
