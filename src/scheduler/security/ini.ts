import { AuroraError } from '../../base/errors.ts';

/** Sections in the order of the file; of two entries with the same key the later one counts. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Without white space at its ends, as Java's trim has it; a pattern would look at long runs of blanks again and again. */
function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) <= 0x20) from++;
  while (to > from && text.charCodeAt(to - 1) <= 0x20) to--;
  return text.slice(from, to);
}

/** Blanks as Java has them. */
const SEPARATOR = /[\t-\r\x1c-\x20:=]/;

/** The key runs to the first blank, `:` or `=` without a backslash before it, the value begins after all of them. */
function entry(line: string): readonly [key: string, value: string] | undefined {
  let end = 0;
  while (end < line.length && !(SEPARATOR.test(line[end] as string) && line[end - 1] !== '\\')) end++;
  let start = end;
  while (start < line.length && SEPARATOR.test(line[start] as string)) start++;
  const [key, value] = [trimmed(line.slice(0, end)), trimmed(line.slice(start))];
  return key === '' || value === '' ? undefined : [key, value];
}

/** Whether an odd number of backslashes is at its end. */
function isContinued(line: string): boolean {
  let from = line.length;
  while (from > 0 && line[from - 1] === '\\') from--;
  return (line.length - from) % 2 === 1;
}

/**
 * Reads an ini file as Shiro does: `[section]`, comments with `#` or `;`, lines that end in a backslash go on, sections
 * without entries do not exist, and a second section of a name replaces the first. What stands before the first section
 * is in the one without a name.
 * @param where the file, for messages; they never show a line, for it may hold a password.
 * @throws AuroraError CONFIG for a line that is no entry.
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

/** The values of a list: between commas, blanks around them do not count, `"a,b"` is one. Source: Shiro's split. */
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
