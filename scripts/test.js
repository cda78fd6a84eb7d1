// Runs everything and closes with `N passed, N failed`.
//   npm test                     static checks, then every test file, fast rooms first
//   npm test -- api mesos        only test files whose path contains one of the words
//   npm test -- --coverage       also a coverage report in coverage/
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lib/files.js';
import { leftovers } from './lib/leftovers.js';
import { prepare } from './lib/prepare.js';
import { requirePrograms } from './lib/system-packages.js';
import { runTestFiles, selectTestFiles } from './lib/test-files.js';

const args = process.argv.slice(2);
const coverage = args.includes('--coverage');
const words = args.filter((arg) => !arg.startsWith('--'));
const startMs = performance.now();

prepare();
// Imported only now, because a fresh clone has no packages before.
const { checks } = await import('./lib/checks.js');
requirePrograms();

/** How many of the slowest files to list; CI allows 40 minutes, so they should be noticed. */
const SHOWN_SLOWEST = 10;
const failures = [];
let passed = 0;

if (words.length === 0) {
  for (const check of checks) {
    const problem = check.run();
    console.log(`${problem ? 'FAILED' : 'ok'}  ${check.name}`);
    if (problem) console.log(problem);
    if (problem) failures.push(check.name);
    else passed++;
  }
}

const coverageFolder = join(ROOT, 'coverage', 'raw');
if (coverage) rmSync(join(ROOT, 'coverage'), { recursive: true, force: true });
const mark = `aurora-test-${process.pid}-${Date.now()}`;
const results = await runTestFiles(selectTestFiles(words), {
  mark,
  env: coverage ? { NODE_V8_COVERAGE: coverageFolder } : {},
  // A run by hand should show a failure at once, but a full run should not fail because the machine paused once.
  repeat: words.length === 0,
});
passed += results.reduce((sum, result) => sum + result.passed, 0);
failures.push(...results.flatMap(({ file, failed }) => failed.map((what) => `${file}  ${what}`)));

for (const left of leftovers(mark)) {
  console.log(`FAILED  left running: ${left}`);
  failures.push(`left running: ${left}`);
}

if (coverage) {
  spawnSync(
    join(ROOT, 'node_modules/.bin/c8'),
    [
      'report',
      '--temp-directory',
      coverageFolder,
      '--include',
      'src/**',
      '--reporter',
      'text-summary',
      '--reporter',
      'html',
      '--all',
    ],
    { cwd: ROOT, stdio: 'inherit' },
  );
}

const slowest = results.toSorted((a, b) => b.ms - a.ms).slice(0, SHOWN_SLOWEST);
if (words.length === 0) {
  console.log('\nthe slowest files');
  for (const { file, ms } of slowest) console.log(`  ${(ms / 1000).toFixed(1)} s  ${file}`);
}

const counts = new Map();
for (const [what, cases] of results.flatMap((result) => result.counts))
  counts.set(what, (counts.get(what) ?? 0) + cases);
const seconds = Math.round((performance.now() - startMs) / 1000);
console.log(`\nafter ${seconds} s`);
for (const [what, cases] of [...counts].sort()) console.log(`  ${what}: ${cases} cases`);
for (const { file, unsteady = [] } of results)
  for (const what of unsteady) console.log(`UNSTEADY (failed once, then passed)  ${file}  ${what}`);
for (const what of failures) console.log(`FAILED  ${what}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
