/**
 * Runs one test file in a process of its own: `node --import scripts/ts-loader.js test/harness/file.ts FILE`.
 * After the last test nothing may be left open: what still holds the event loop, and every living child process, is a
 * leak and fails the file.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { failuresSoFar, report } from './report.ts';

/** Resources that Node itself, a pipe to the runner or esbuild's service keep; they do not hold the loop. */
const HARMLESS = new Set(['TTYWrap', 'PipeWrap', 'FSReqPromise', 'CloseReq', 'MessagePort', 'TickObject']);
const SETTLE_MS = 1_500;

const children = (): string[] =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);

/** esbuild keeps one helper process for the life of a program; it ends with it. */
const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
};

function leaks(): string[] {
  const handles = process.getActiveResourcesInfo().filter((name) => !HARMLESS.has(name));
  const processes = children()
    .map(commandOf)
    .filter((command) => command && !/esbuild.* --service=/.test(command))
    .map((command) => `child process: ${command}`);
  const others = handles.filter((name) => name !== 'ProcessWrap' || processes.length > 0);
  return [...others, ...processes];
}

async function settled(): Promise<string[]> {
  const untilMs = performance.now() + SETTLE_MS;
  for (;;) {
    const left = leaks();
    if (left.length === 0 || performance.now() > untilMs) return left;
    await new Promise((done) => setTimeout(done, 20));
  }
}

// uvu reads these when it is first imported: collect suites now, run them when told.
Object.assign(globalThis, { UVU_DEFER: 1, UVU_QUEUE: [[null]], UVU_INDEX: 0 });
const { exec } = await import('uvu');
process.on('unhandledRejection', (reason) => {
  console.error('unhandled rejection:', reason);
  report({ kind: 'leak', what: 'an unhandled promise rejection' });
  process.exitCode = 1;
});

const file = process.argv[2] as string;
await import(pathToFileURL(resolve(file)).href);
await exec();
const left = await settled();
for (const what of left) report({ kind: 'leak', what });
if (left.length > 0) console.error(`left open: ${left.join(', ')}`);
process.exit(left.length > 0 || failuresSoFar() > 0 ? 1 : process.exitCode);
