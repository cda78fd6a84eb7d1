/** A terminal of so many columns and rows, as far as a live block needs one. */
export interface VirtualScreen {
  write(text: string): void;
  /** What a person sees, without blanks at the ends. */
  lines(): readonly string[];
  /** Lines that went out at the top. */
  readonly scrolledOut: readonly string[];
}

const STEP = /\x1b\[(\??\d*)([A-Za-z])|\r|\n|[^\x1b\r\n]+/g;

export function virtualScreen(columns: number, rows: number): VirtualScreen {
  const screen: string[] = Array.from({ length: rows }, () => '');
  const scrolledOut: string[] = [];
  let row = 0;
  let column = 0;
  const put = (text: string) => {
    for (const letter of text) {
      if (column >= columns) throw new Error(`a line is longer than ${columns} columns: ${screen[row]}`);
      const line = (screen[row] ?? '').padEnd(column);
      screen[row] = `${line.slice(0, column)}${letter}${line.slice(column + 1)}`;
      column++;
    }
  };
  const down = () => {
    row++;
    if (row < rows) return;
    scrolledOut.push(screen.shift() as string);
    screen.push('');
    row = rows - 1;
  };
  const control: Readonly<Record<string, (count: number) => void>> = {
    A: (count) => {
      row = Math.max(0, row - count);
    },
    K: () => {
      screen[row] = (screen[row] ?? '').slice(0, column);
    },
    J: () => {
      screen[row] = (screen[row] ?? '').slice(0, column);
      for (let below = row + 1; below < rows; below++) screen[below] = '';
    },
    m: () => {},
    h: () => {},
    l: () => {},
  };
  return {
    scrolledOut,
    write(text) {
      for (const [step, count, letter] of text.matchAll(STEP)) {
        if (letter !== undefined) control[letter]?.(Number(count || 1));
        else if (step === '\r') column = 0;
        else if (step === '\n') {
          column = 0;
          down();
        } else put(step);
      }
    },
    lines: () => screen.map((line) => line.trimEnd()),
  };
}
