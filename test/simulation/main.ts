/**
 * `npm run simulate`: runs seeds until one fails.
 *   --seeds N    how many (default 1000; 1 when --seed is given)
 *   --seed S     the first one (default 1)
 *   --trace      prints everything that happens
 *   --steps A,B  only these steps of the seed, as a failure's last line has them
 *   --plant NAME with a bug put in on purpose
 */
import { parseArgs } from 'node:util';
import { NO_BUG, PLANTED } from './planted.ts';
import { runSimulation } from './run.ts';
import { replayCommand, shrunk } from './shrink.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    steps: { type: 'string' },
    plant: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed ?? 1);
const seeds = Number(values.seeds ?? (values.seed === undefined ? 1000 : 1));
const only = values.steps === undefined ? undefined : new Set(values.steps.split(',').map(Number));
const wraps = values.plant === undefined ? NO_BUG : PLANTED[values.plant];
if (!wraps) {
  console.error(`no planted bug "${values.plant}"; there are: ${Object.keys(PLANTED).join(', ')}`);
  process.exit(2);
}

const startMs = performance.now();
let events = 0;
for (let seed = first; seed < first + seeds; seed++) {
  const result = await runSimulation({
    seed,
    wraps,
    ...(only ? { only } : {}),
    ...(values.trace ? { print: (line: string) => console.log(line) } : {}),
  });
  events += result.events;
  if (result.violation === undefined) continue;
  console.error(`seed ${seed}: ${result.violation}`);
  if (!only) console.error(replayCommand(await shrunk(result, wraps), values.plant));
  process.exit(1);
}
const seconds = (performance.now() - startMs) / 1000;
console.log(
  `${seeds} seeds, ${events} events, ${((seconds * 1000) / seeds).toFixed(0)} ms a seed: every rule held`,
);
