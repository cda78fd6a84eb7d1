import { harmless } from '../../base/log-lines.ts';

/** A part of a line that looks the same throughout; `look` are classes of the style sheet. */
export interface LogSpan {
  readonly text: string;
  readonly look: string;
}

/** Characters of a line that are drawn; all of it is in the file. */
export const MOST_DRAWN = 4_000;

const STYLES: Readonly<Record<number, string>> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'under' };
const ENDS: Readonly<Record<number, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['under'],
};

/** The class of a colour of the text, of the sixteen that terminals name; others are left to the reader's theme. */
function colourOf(code: number): string | undefined {
  if (code >= 30 && code <= 37) return `ansi${code - 30}`;
  if (code >= 90 && code <= 97) return `ansi${code - 90 + 8}`;
  return undefined;
}

/** What `ESC [ codes m` makes of the look. */
function changed(codes: readonly number[], styles: Set<string>, colour: string): string {
  let now = colour;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] as number;
    if (code === 0) {
      styles.clear();
      now = '';
    } else if (code === 38 || code === 48) {
      // The colours of 256 and of 16 million: their numbers are no codes.
      at += codes[at + 1] === 2 ? 4 : 2;
      if (code === 38) now = '';
    } else if (code === 39) now = '';
    else if (STYLES[code]) styles.add(STYLES[code] as string);
    else if (ENDS[code]) for (const style of ENDS[code] ?? []) styles.delete(style);
    else now = colourOf(code) ?? now;
  }
  return now;
}

/** A line as it is drawn: colours as classes, what else would act on a terminal is taken out. */
export function spansOf(line: string): readonly LogSpan[] {
  const parts = harmless(line.slice(0, MOST_DRAWN)).split(/\x1b\[([0-9;]*)m/);
  const styles = new Set<string>();
  const spans: LogSpan[] = [];
  let colour = '';
  for (const [at, part] of parts.entries()) {
    if (at % 2 === 1) colour = changed(part.split(';').map(Number), styles, colour);
    else if (part !== '') spans.push({ text: part, look: [...styles, colour].filter(Boolean).join(' ') });
  }
  const more = line.length - MOST_DRAWN;
  if (more > 0) spans.push({ text: ` … ${more} more characters, in the file`, look: 'faint' });
  return spans;
}

/** The line without colours, to look for something in it. */
export const plainText = (line: string): string => harmless(line).replaceAll(/\x1b\[[0-9;]*m/g, '');
