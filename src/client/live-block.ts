import { cut, type Style } from './screen-style.ts';
import type { Terminal } from './session.ts';

/** Lines at the bottom of the screen that are redrawn in place; the last ones stay. */
export interface LiveBlock {
  draw(lines: readonly string[]): void;
  /** Removes the block, so that lines can be written that should stay above it. */
  clear(): void;
}

/** The escape sequences that begin and end output to be shown at once, on terminals that support it. */
const AT_ONCE = ['\x1b[?2026h', '\x1b[?2026l'] as const;

/**
 * Draws a block on a terminal. Lines are cut to the width of the screen and their number to its height, so that only
 * the last block gets into the scrollback.
 */
export function liveBlock(write: (text: string) => void, terminal: Terminal, style: Style): LiveBlock {
  let height = 0;
  let shown = '';
  const up = () => (height > 0 ? `\x1b[${height}A` : '');
  return {
    draw(lines) {
      const { columns, rows } = terminal.size();
      const fitting = lines.length < rows ? lines : [...lines.slice(0, rows - 2), `  ${style.ellipsis} more`];
      const text = fitting.map((line) => `${cut(line, columns - 1, style)}\x1b[K\n`).join('');
      if (text === shown) return;
      write(`${AT_ONCE[0]}${up()}\r${text}\x1b[J${AT_ONCE[1]}`);
      height = fitting.length;
      shown = text;
    },
    clear() {
      if (height > 0) write(`${up()}\r\x1b[J`);
      height = 0;
      shown = '';
    },
  };
}
