/** Started by many-seeds.ts: gets the number of a seed, runs it, sends back what it came to, and waits for the next. */
import { runSimulation } from './run.ts';

/** A run without its steps and its trace, small enough for a message. */
export interface SeedResult {
  readonly seed: number;
  readonly violation: string | undefined;
  readonly events: number;
  /** Statuses of tasks and updates and outcomes of operations, each once. */
  readonly met: readonly string[];
}

// Whoever asked has ended, and nobody waits for the run that is under way.
process.on('disconnect', () => process.exit());
process.on('message', async (seed: number) => {
  const { violation, events, met, updatesMet, operationsMet } = await runSimulation({ seed });
  const result: SeedResult = { seed, violation, events, met: [...met, ...updatesMet, ...operationsMet] };
  process.send?.(result);
});
