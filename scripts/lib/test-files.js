import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesBelow } from './files.js';
import { runTestFile } from './test-file.js';

/** The slow folders of test/, in the order in which they run after all others. */
const SLOW_LAST = ['simulation', 'e2e', 'browser'];
/** Files of this folder use all processors by themselves. */
const ALONE = 'simulation';
const AT_ONCE = 2;
/** When more files than this fail, the product is broken and repeating them is a waste of time. */
const MOST_REPEATED = 5;

const folder = (path) => path.split('/')[1];
const rank = (path) => SLOW_LAST.indexOf(folder(path));

/** Test files whose path contains one of `words` (all, when there are none), slow folders last. */
export function selectTestFiles(words) {
  return filesBelow('test', /\.test\.tsx?$/)
    .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

const seconds = (ms) => (ms / 1000).toFixed(1);

function print(result, word) {
  console.log(`${word}  ${result.file} (${seconds(result.ms)} s)`);
  if (result.failed.length > 0) console.log(`${result.output}\n${result.failed.join('\n')}`);
}

/**
 * Runs files two at a time, and those of the simulation alone. Returns one result for each file. With `repeat`, up to a
 * few failed files run once more at the end, each alone. Those that pass then are `unsteady`, which holds what failed at
 * first. They do not fail the run but are listed in its last lines, because each points to a fault.
 */
export async function runTestFiles(files, { repeat, ...options }) {
  const results = [];
  const worker = async (queue) => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      const result = await runTestFile(file, options);
      print(result, result.failed.length > 0 ? 'FAILED' : 'ok');
      results.push(result);
    }
  };
  const together = (queue) => Promise.all(Array.from({ length: AT_ONCE }, () => worker(queue)));
  await together(files.filter((file) => rank(file) < 0));
  await worker(files.filter((file) => folder(file) === ALONE));
  await together(files.filter((file) => rank(file) >= 0 && folder(file) !== ALONE));
  const failed = results.filter((result) => result.failed.length > 0);
  if (repeat && failed.length <= MOST_REPEATED) {
    for (const first of failed) {
      const second = await runTestFile(first.file, options);
      if (second.failed.length === 0) second.unsteady = first.failed;
      print(second, second.unsteady ? 'UNSTEADY, passed when run again' : 'FAILED again');
      results[results.indexOf(first)] = second;
    }
  }
  rmSync(join(tmpdir(), options.mark), { recursive: true, force: true });
  return results;
}
