import { harmless } from '../../base/log-lines.ts';

/** A part of a line with the same look throughout; `look` holds classes of the style sheet. */
export interface LogSpan {
  readonly text: string;
  readonly look: string;
}

/** How many characters of a line are drawn; the file has the whole line. */
export const MOST_DRAWN = 4_000;

const STYLES: Readonly<Record<number, string>> = { 1: 'bold', 2: 'dim', 3: 'italic', 4: 'under' };
const ENDS: Readonly<Record<number, readonly string[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['under'],
};

/** The class of one of the terminal's sixteen text colours; undefined for any other code. */
function colourOf(code: number): string | undefined {
  if (code >= 30 && code <= 37) return `ansi${code - 30}`;
  if (code >= 90 && code <= 97) return `ansi${code - 90 + 8}`;
  return undefined;
}

/** Applies `ESC [ codes m`: changes `styles` and returns the new colour. */
function changed(codes: readonly number[], styles: Set<string>, colour: string): string {
  let now = colour;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] as number;
    if (code === 0) {
      styles.clear();
      now = '';
    } else if (code === 38 || code === 48) {
      // Colours of 256 or of 16 million: skip the numbers that follow, which are not codes.
      at += codes[at + 1] === 2 ? 4 : 2;
      if (code === 38) now = '';
    } else if (code === 39) now = '';
    else if (STYLES[code]) styles.add(STYLES[code] as string);
    else if (ENDS[code]) for (const style of ENDS[code] ?? []) styles.delete(style);
    else now = colourOf(code) ?? now;
  }
  return now;
}

/** A line as it is drawn: colours become classes, and all other control sequences of terminals are removed. */
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

/** The line without colours, for searching. */
export const plainText = (line: string): string => harmless(line).replaceAll(/\x1b\[[0-9;]*m/g, '');
