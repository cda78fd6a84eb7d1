import { AuroraError } from '../../base/errors.ts';

/** Sections in the order of the file. If a key occurs twice in a section, the later entry counts. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Trims as Java does. A regular expression would take quadratic time on long runs of blanks. */
function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= 0x20) from++;
  while (to > from && text.charCodeAt(to - 1) <= 0x20) to--;
  return text.slice(from, to);
}

/** Blanks as Java defines them, and `:` and `=`. */
const SEPARATOR = /[\t-\r\x1c-\x20:=]/;

/**
 * Splits a line: the key ends at the first blank, `:` or `=` that no backslash precedes; the value starts after all of
 * these.
 */
function entry(line: string): readonly [key: string, value: string] | undefined {
  let end = 0;
  while (end < line.length && !(SEPARATOR.test(line[end] as string) && line[end - 1] !== '\\')) end++;
  let start = end;
  while (start < line.length && SEPARATOR.test(line[start] as string)) start++;
  const [key, value] = [trimmed(line.slice(0, end)), trimmed(line.slice(start))];
  return key === '' || value === '' ? undefined : [key, value];
}

/** Whether the line ends in an odd number of backslashes, and so continues on the next line. */
function isContinued(line: string): boolean {
  let from = line.length;
  while (from > 0 && line[from - 1] === '\\') from--;
  return (line.length - from) % 2 === 1;
}

/**
 * Reads an ini file as Shiro does: `[section]` headers, comments with `#` or `;`, and lines that continue after a
 * trailing backslash. Sections without entries are dropped, and a second section of the same name replaces the first.
 * Entries before the first section are in the section ''.
 * @param where the file's name, for messages. They never quote a line, because it may hold a password.
 * @throws AuroraError CONFIG for a line that is not an entry.
 */
export function parseIni(text: string, where: string): Ini {
  const sections = new Map<string, Map<string, string>>();
  let name = '';
  let entries = new Map<string, string>();
  let pending = '';
  const finish = () => {
    if (entries.size > 0) sections.set(name, entries);
    entries = new Map();
  };
  const add = (line: string, number: number) => {
    const found = entry(line);
    if (!found)
      throw new AuroraError('CONFIG', 'a line is neither a section nor a key and a value', {
        where: `${where}:${number}`,
        next: 'write it as in: name = value',
      });
    entries.set(...found);
  };
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  lines.forEach((raw, at) => {
    const line = trimmed(raw);
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return;
    if (line.startsWith('[') && line.endsWith(']')) {
      if (pending !== '') add(pending, at);
      pending = '';
      finish();
      name = trimmed(line.slice(1, -1));
      return;
    }
    if (isContinued(line)) {
      pending += line.slice(0, -1);
      return;
    }
    add(pending + line, at + 1);
    pending = '';
  });
  if (pending !== '') add(pending, lines.length);
  finish();
  return sections;
}

/** Splits a list at its commas and trims each value; quotes keep `"a,b"` together. Source: Shiro's split. */
export function listOf(value: string): readonly string[] {
  const found: string[] = [];
  let item = '';
  let quoted = false;
  for (let at = 0; at < value.length; at++) {
    const character = value[at] as string;
    if (character === '"') {
      if (quoted && value[at + 1] === '"') {
        item += '"';
        at++;
      } else quoted = !quoted;
    } else if (character === ',' && !quoted) {
      found.push(trimmed(item));
      item = '';
    } else item += character;
  }
  found.push(trimmed(item));
  return found;
}
