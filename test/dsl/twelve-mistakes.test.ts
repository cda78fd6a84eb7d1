import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadJobs } from '../../src/dsl/load/load.ts';
import { checkFile } from '../../src/dsl/load/loaded-job.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('a file with twelve mistakes');
const path = fileURLToPath(new URL('./fixtures/twelve-mistakes.aurora.ts', import.meta.url));
const shared = fileURLToPath(new URL('./fixtures/shared.ts', import.meta.url));

/** Places of the markers in the line below a mistake: `// ^ kind` begins where it begins, a further `^` points at it. */
const marked = (file: string): readonly string[] => {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const marker = /^\s*\/\/(\s*)\^ ([a-z-]+)$/.exec(line);
    if (!marker) return [];
    const column = line.indexOf(marker[1] === ' ' ? '//' : '^') + 1;
    return [`${file}:${index}:${column} ${marker[2]}`];
  });
};

test('yields twelve messages in one run, each at its place', async () => {
  const problems = checkFile(await loadJobs(path));
  const found = problems.map(
    ({ position, kind }) => `${position?.file}:${position?.line}:${position?.column} ${kind}`,
  );
  const expected = [...marked(path), ...marked(shared)];
  assert.is(expected.length, 12);
  assert.equal([...found].sort(), [...expected].sort());
});

test('tells them job by job, each once', async () => {
  const problems = checkFile(await loadJobs(path));
  const jobs = problems.map(({ job }) => job);
  const inOrder = [
    'east/web team/prod/web',
    'east/shop/test/ordered',
    '/shop/test/nowhere',
    'east/shop/test/endless',
  ];
  assert.equal([...new Set(jobs)], inOrder);
  assert.equal(
    jobs,
    [...jobs].sort((a = '', b = '') => inOrder.indexOf(a) - inOrder.indexOf(b)),
  );
});

test.run();
