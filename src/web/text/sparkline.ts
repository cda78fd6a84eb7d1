import type { RunningShown } from '../../api/views/job.ts';

/** Lines for an SVG: one for each stretch without a gap, from left to right. 100 percent is at the top. */
export function pointsOf(percents: readonly number[], width: number, height: number): readonly string[] {
  const stepX = width / Math.max(1, percents.length - 1);
  const lines: string[][] = [[]];
  for (const [at, percent] of percents.entries()) {
    if (percent < 0) {
      lines.push([]);
      continue;
    }
    const [x, y] = [at * stepX, 1 + ((height - 2) * (100 - percent)) / 100];
    // A sample alone is a line, too, as long as it lasted.
    if (lines.at(-1)?.length === 0) lines.at(-1)?.push(`${round(x - stepX / 2)},${round(y)}`);
    lines.at(-1)?.push(`${round(x)},${round(y)}`);
  }
  return lines.filter((line) => line.length > 0).map((line) => line.join(' '));
}

const round = (value: number): number => Math.max(0, Math.round(value * 10) / 10);

/** A stretch of time in which not all instances ran, with the least share of them in percent; -1: nobody saw it. */
export interface Downtime {
  readonly fromMs: number;
  readonly toMs: number;
  readonly least: number;
}

/** The latest first. */
export function downtimes({ endMs, percents, stepMs }: RunningShown): readonly Downtime[] {
  const found: Downtime[] = [];
  for (const [at, percent] of percents.entries()) {
    if (percent === 100) continue;
    const fromMs = endMs - (percents.length - 1 - at) * stepMs;
    const last = found.at(-1);
    const goesOn = last !== undefined && last.toMs === fromMs && last.least < 0 === percent < 0;
    if (goesOn)
      found[found.length - 1] = { ...last, toMs: fromMs + stepMs, least: Math.min(last.least, percent) };
    else found.push({ fromMs, toMs: fromMs + stepMs, least: percent });
  }
  return found.reverse();
}
