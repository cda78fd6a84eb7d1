/** What happened, a line an event. Always hashed, so that two runs can be compared; kept only when asked for. */
export interface Trace {
  (who: string, what: string): void;
  /** Of every line so far. */
  hash(): string;
  lines(): readonly string[];
}

/** @param print takes each line as it comes; without it lines are hashed and forgotten. */
export function trace(nowMs: () => number, print?: (line: string) => void): Trace {
  // FNV-1a, twice with different starts: quick, and 64 bits are enough to tell two runs apart.
  let low = 0x811c9dc5;
  let high = 0x01000193;
  const kept: string[] = [];
  const add = (who: string, what: string) => {
    const line = `${(nowMs() / 1000).toFixed(3).padStart(9)} ${who.padEnd(12)} ${what}`;
    for (let at = 0; at < line.length; at++) {
      const code = line.charCodeAt(at);
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x01000199);
    }
    if (kept.length < 400) kept.push(line);
    print?.(line);
  };
  const hex = (value: number) => (value >>> 0).toString(16).padStart(8, '0');
  return Object.assign(add, { hash: () => hex(low) + hex(high), lines: () => kept });
}
