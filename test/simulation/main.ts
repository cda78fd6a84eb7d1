/** `npm run simulate`: runs seeds until one fails. */
import { toolOptions } from '../harness/tool-options.ts';
import { plant } from './plant.ts';
import { PLANTED } from './planted.ts';

const USAGE = `npm run simulate -- OPTIONS: runs seeds until one fails.
  --seeds N     how many (default 1000; 1 when --seed is given)
  --seed S      the first one (default 1)
  --trace       prints everything that happens
  --steps A,B   only these steps of the seed, as a failure's last line has them
  --plant NAME  with a bug put in on purpose`;

const { fail, values } = toolOptions(USAGE, {
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
if (![first, seeds].every(Number.isSafeInteger)) fail('--seeds and --seed take whole numbers');
const only = values.steps === undefined ? undefined : new Set(values.steps.split(',').map(Number));
if (values.plant !== undefined) {
  const bug = PLANTED[values.plant];
  plant(bug ?? fail(`no planted bug "${values.plant}"; there are: ${Object.keys(PLANTED).join(', ')}`));
}
// Only now: what they import is to have the bug.
const { runSimulation } = await import('./run.ts');
const { replayCommand, shrunk } = await import('./shrink.ts');

const startMs = performance.now();
let events = 0;
for (let seed = first; seed < first + seeds; seed++) {
  const result = await runSimulation({
    seed,
    ...(only ? { only } : {}),
    ...(values.trace ? { print: (line: string) => console.log(line) } : {}),
  });
  events += result.events;
  if (result.violation === undefined) continue;
  console.error(`seed ${seed}: ${result.violation}`);
  if (!only) console.error(replayCommand(await shrunk(result), values.plant));
  process.exit(1);
}
const seconds = (performance.now() - startMs) / 1000;
console.log(
  `${seeds} seeds, ${events} events, ${((seconds * 1000) / seeds).toFixed(0)} ms a seed: every rule held`,
);
