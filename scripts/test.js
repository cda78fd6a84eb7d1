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
// Only now: a fresh clone has no packages before.
const { checks } = await import('./lib/checks.js');
requirePrograms();

const totals = { passed: 0, failed: 0, counts: new Map(), times: [] };
/** CI allows 40 minutes: what takes longest is to be seen. */
const SHOWN_SLOWEST = 10;

if (words.length === 0) {
  for (const check of checks) {
    const problem = check.run();
    console.log(`${problem ? 'FAILED' : 'ok'}  ${check.name}`);
    if (problem) console.log(problem);
    totals[problem ? 'failed' : 'passed']++;
  }
}

const coverageFolder = join(ROOT, 'coverage', 'raw');
if (coverage) rmSync(join(ROOT, 'coverage'), { recursive: true, force: true });
const mark = `aurora-test-${process.pid}-${Date.now()}`;
await runTestFiles(selectTestFiles(words), totals, {
  mark,
  env: coverage ? { NODE_V8_COVERAGE: coverageFolder } : {},
});

for (const left of leftovers(mark)) {
  console.log(`FAILED  left running: ${left}`);
  totals.failed++;
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

const slowest = totals.times.sort(([, a], [, b]) => b - a).slice(0, SHOWN_SLOWEST);
if (words.length === 0) {
  console.log('\nthe slowest files');
  for (const [file, ms] of slowest) console.log(`  ${(ms / 1000).toFixed(1)} s  ${file}`);
}

const seconds = Math.round((performance.now() - startMs) / 1000);
console.log(`\nafter ${seconds} s`);
for (const [what, cases] of [...totals.counts].sort()) console.log(`  ${what}: ${cases} cases`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed > 0 ? 1 : 0);
