import type { FuzzReport } from './fuzz.ts';

const LONGEST_SHOWN = 4000;

/** What a person reads: the figures, then each finding with the command that repeats it. */
export function reportText({ name, seed, executions, taken, ms, findings }: FuzzReport): string {
  const rate = Math.round(executions / (ms / 1000));
  const share = executions === 0 ? 0 : Math.round((taken / executions) * 100);
  const lines = findings.map(({ text, number, input }) => {
    const again =
      input.length > LONGEST_SHOWN ? `--seed ${seed} --first ${number}` : `--input ${input || "''"}`;
    return `FINDING in ${name}, seed ${seed}, input ${number}: ${text}\n  again: npm run fuzz -- ${name} ${again}`;
  });
  const figures = `${name}: ${executions} executions, ${rate}/s, ${share} % taken, ${findings.length} findings`;
  return [`${figures} (seed ${seed})`, ...lines].join('\n');
}
