import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './files.js';

/** The time limit of one file, whatever its tests allow themselves: three times what the slowest one needs. */
const FILE_LIMIT_MS = 15 * 60_000;

/** Adds one line of a test process's output to the result of its file. */
function take(line, result) {
  const entry = JSON.parse(line);
  if (entry.kind === 'passed') result.passed++;
  else if (entry.kind === 'count') result.counts.push([entry.what, entry.cases]);
  else
    result.failed.push(
      entry.kind === 'failed' ? `${entry.suite}: ${entry.test}` : `left open: ${entry.what}`,
    );
}

/**
 * Runs one file in a process of its own. Returns the number of tests that passed, the names of those that failed, the
 * counts of cases, the output, and the time in ms.
 */
export function runTestFile(file, { mark, env }) {
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
  const result = { file, passed: 0, failed: [], counts: [], output: '', ms: 0 };
  child.stdout.on('data', (chunk) => (result.output += chunk));
  child.stderr.on('data', (chunk) => (result.output += chunk));
  createInterface({ input: child.stdio[3] }).on('line', (line) => take(line, result));
  const limit = setTimeout(() => child.kill('SIGKILL'), FILE_LIMIT_MS);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
      const silent = result.passed === 0 && result.failed.length === 0 && result.counts.length === 0;
      if (silent) result.failed.push('ran no test');
      else if (code !== 0 && result.failed.length === 0)
        result.failed.push(`ended with ${signal ?? `code ${code}`}`);
      result.ms = performance.now() - startMs;
      resolve(result);
    });
  });
}
