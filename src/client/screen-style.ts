import type { Session } from './session.ts';

/** How things look on this terminal. */
export interface Style {
  /** Colours a text; none at all where colours are not wanted. */
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
 * The flag, else NO_COLOR, else FORCE_COLOR or CLICOLOR_FORCE, else whether it is a terminal. Glyphs are of ASCII where the
 * locale is not UTF-8. A colour never says anything alone: glyph and word are there, too.
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

/** A text in so many columns; what is cut off is shown to be. Colours count for nothing. */
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
