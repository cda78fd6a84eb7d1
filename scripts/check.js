// Runs the static checks and prints each as one test: types, lint and format, structure of the source, unused code.
import { checks } from './lib/checks.js';

let failed = 0;
for (const check of checks) {
  const problem = check.run();
  console.log(`${problem ? 'FAILED' : 'ok    '}  ${check.name}`);
  if (problem) console.log(problem);
  if (problem) failed++;
}
process.exit(failed ? 1 : 0);
