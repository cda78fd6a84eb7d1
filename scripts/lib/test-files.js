import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { filesBelow, ROOT } from './files.js';

/** Folders of test/ in the order they run; those not named come with their rooms, before the slow ones. */
const SLOW_LAST = ['simulation', 'e2e', 'browser'];
/** One file may not take longer than this, whatever its tests allow themselves: three times what the slowest one needs. */
const FILE_LIMIT_MS = 15 * 60_000;
const AT_ONCE = 2;

const rank = (path) => SLOW_LAST.indexOf(path.split('/')[1]);

/** Test files whose path contains one of `words` (all, when there are none), slow folders last. */
export function selectTestFiles(words) {
  return filesBelow('test', /\.test\.tsx?$/)
    .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
}

function take(line, totals) {
  const entry = JSON.parse(line);
  if (entry.kind === 'passed') totals.passed++;
  else if (entry.kind === 'count')
    totals.counts.set(entry.what, (totals.counts.get(entry.what) ?? 0) + entry.cases);
  else totals.failed++;
  return entry;
}

/** Runs one file in a process of its own and adds its results; its output is shown when something failed. */
function runTestFile(file, totals, { mark, env }) {
  const temporary = join(tmpdir(), mark, file.replaceAll('/', '_'));
  mkdirSync(temporary, { recursive: true });
  const startMs = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', './scripts/ts-loader.js', 'test/harness/file.ts', file],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...env,
        AURORA_TEST_RUN: mark,
        AURORA_TEST_REPORT: '3',
        TMPDIR: temporary,
        NODE_OPTIONS: `--import=${join(ROOT, 'test/harness/loopback-guard.js')}`,
      },
    },
  );
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const seen = { failed: 0, entries: 0 };
  createInterface({ input: child.stdio[3] }).on('line', (line) => {
    seen.entries++;
    const { kind } = take(line, totals);
    if (kind === 'failed' || kind === 'leak') seen.failed++;
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), FILE_LIMIT_MS);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
      const silent = seen.entries === 0;
      if ((code !== 0 || silent) && seen.failed === 0) totals.failed++;
      const bad = code !== 0 || silent;
      const tookMs = performance.now() - startMs;
      totals.times.push([file, tookMs]);
      const seconds = (tookMs / 1000).toFixed(1);
      console.log(`${bad ? 'FAILED' : 'ok'}  ${file} (${seconds} s)`);
      if (bad)
        console.log(
          `${output}\n${file}: ${silent ? 'ran no test' : `ended with ${signal ?? `code ${code}`}`}`,
        );
      resolve();
    });
  });
}

/** Quick files two at a time, slow ones alone, so that their timing does not depend on a neighbour. */
export async function runTestFiles(files, totals, options) {
  const quick = files.filter((file) => rank(file) < 0);
  const slow = files.filter((file) => rank(file) >= 0);
  const worker = async (queue) => {
    for (let file = queue.shift(); file; file = queue.shift()) await runTestFile(file, totals, options);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, () => worker(quick)));
  await worker(slow);
  rmSync(join(tmpdir(), options.mark), { recursive: true, force: true });
}
