/** Run as a program: `find-planted.ts NAME SEEDS` prints the first violation as JSON, or null. */
import { plant } from './plant.ts';
import { PLANTED } from './planted.ts';

const [name = '', seeds = '1'] = process.argv.slice(2);
const bug = PLANTED[name];
if (!bug) throw new Error(`no planted bug "${name}"`);
plant(bug);
// Only now: what it imports is to have the bug.
const { runSimulation } = await import('./run.ts');

let found: { readonly seed: number; readonly violation: string } | undefined;
for (let seed = 1; seed <= Number(seeds) && !found; seed++) {
  const { violation } = await runSimulation({ seed });
  if (violation !== undefined) found = { seed, violation };
}
console.log(JSON.stringify(found ?? null));
process.exit(0);
