import type { Colour, Style } from './screen-style.ts';

/** A line that is longer than this, in characters, is shown in parts. */
const LONGEST_LINE = 16 * 1024;
const COLOURS: readonly Colour[] = ['cyan', 'green', 'yellow', 'bold'];

/** Takes the output of one stream of a process in chunks of any size. */
export interface LineSink {
  write(chunk: Uint8Array): void;
  /** Shows the last line, if it has no line break. */
  close(): void;
}

/**
 * Merges the output of several processes into one stream of whole lines, each with the name of its process. Each
 * process has its own colour, and lines of standard error are marked with `!`.
 */
export function processLines(
  names: readonly string[],
  { paint }: Style,
  print: (text: string) => void,
): (process: string, stream: 'stdout' | 'stderr') => LineSink {
  const width = Math.max(...names.map((name) => name.length), 0);
  return (process, stream) => {
    const colour = COLOURS[Math.max(0, names.indexOf(process)) % COLOURS.length] as Colour;
    const mark = stream === 'stderr' ? paint('red', '!') : paint('dim', '|');
    const label = `${paint(colour, process.padEnd(width))} ${mark} `;
    const decoder = new TextDecoder();
    let rest = '';
    const show = (lines: readonly string[]) => {
      if (lines.length > 0) print(lines.map((line) => `${label}${line}\n`).join(''));
    };
    return {
      write(chunk) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        if (rest.length > LONGEST_LINE) {
          lines.push(rest);
          rest = '';
        }
        show(lines);
      },
      close() {
        rest += decoder.decode();
        show(rest === '' ? [] : [rest]);
        rest = '';
      },
    };
  };
}
