import type { Session } from './session.ts';

/** The colours and symbols for this terminal. */
export interface Style {
  /** Colours a text; returns it unchanged where colours are not wanted. */
  readonly paint: (colour: Colour, text: string) => string;
  readonly glyphs: Readonly<Record<'done' | 'busy' | 'starting' | 'failed' | 'waiting', string>>;
  readonly bar: readonly [full: string, empty: string];
  readonly ellipsis: string;
}

const COLOURS = { red: 31, green: 32, yellow: 33, cyan: 36, dim: 2, bold: 1 } as const;
export type Colour = keyof typeof COLOURS;

const UNICODE = { done: '✓', busy: '●', starting: '◑', failed: '✕', waiting: '○' };
const ASCII = { done: '*', busy: 'o', starting: '?', failed: 'x', waiting: '-' };

/**
 * Colours depend on the flag, else on NO_COLOR, else on FORCE_COLOR or CLICOLOR_FORCE, else on whether it is a
 * terminal. Glyphs are ASCII unless the locale is UTF-8. No information is in the colour alone: there is always a glyph
 * and a word too.
 */
export function styleOf(
  env: Session['env'],
  { isTerminal, color }: { readonly isTerminal: boolean; readonly color?: boolean | undefined },
): Style {
  const wanted =
    color ??
    (env.NO_COLOR ? false : env.FORCE_COLOR || env.CLICOLOR_FORCE ? true : isTerminal && env.TERM !== 'dumb');
  const isUtf8 = /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');
  return {
    paint: (colour, text) => (wanted && text ? `\x1b[${COLOURS[colour]}m${text}\x1b[0m` : text),
    glyphs: isUtf8 ? UNICODE : ASCII,
    bar: isUtf8 ? ['█', '░'] : ['#', '-'],
    ellipsis: isUtf8 ? '…' : '...',
  };
}

/** Cuts a text to a number of columns and marks the cut with an ellipsis. Colour codes do not count. */
export function cut(text: string, columns: number, { ellipsis }: Style): string {
  const parts = text.split(/(\x1b\[\d+m)/);
  const length = parts.reduce((sum, part, at) => (at % 2 === 0 ? sum + part.length : sum), 0);
  if (length <= columns) return text;
  let left = Math.max(0, columns - ellipsis.length);
  const kept = parts.map((part, at) => {
    if (at % 2 === 1) return part;
    const shown = part.slice(0, left);
    left -= shown.length;
    return shown;
  });
  return `${kept.join('')}${ellipsis}`;
}
