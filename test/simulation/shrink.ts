import { type RunResult, runSimulation } from './run.ts';

/** A failure with as few steps as were found to be enough for one. */
export interface SmallFailure {
  readonly seed: number;
  readonly violation: string;
  readonly steps: readonly number[];
}

/** Runs that the search may take; a run is a tenth of a second. */
const MAX_RUNS = 150;

/**
 * Leaves out steps, many at a time first, as long as some rule is still broken: not always the same one, since what is
 * left takes another course.
 */
export async function shrunk(failure: RunResult): Promise<SmallFailure> {
  const { seed } = failure;
  let steps = failure.steps.map(({ number }) => number);
  let violation = failure.violation ?? 'nothing';
  let runs = 0;
  for (
    let size = Math.ceil(steps.length / 2);
    size >= 1 && runs < MAX_RUNS;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let from = 0; from < steps.length && runs < MAX_RUNS; runs++) {
      const without = [...steps.slice(0, from), ...steps.slice(from + size)];
      const result = await runSimulation({ seed, only: new Set(without) });
      if (result.violation === undefined) from += size;
      else {
        violation = result.violation;
        steps = without;
      }
    }
  }
  return { seed, violation, steps };
}

export function replayCommand({ seed, steps, violation }: SmallFailure, plant?: string): string {
  const planted = plant === undefined ? '' : ` --plant '${plant}'`;
  return `with ${steps.length} steps: ${violation}\nnpm run simulate -- --seed ${seed} --steps ${steps.join()}${planted} --trace`;
}
