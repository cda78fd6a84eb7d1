import { fileURLToPath } from 'node:url';
import { loadJobs } from '../../src/dsl/load/load.ts';
import { assert, count, suite } from '../harness/index.ts';
import { assertConverted, assertRefused, expectations } from './golden-cases.ts';

const sourceOf = (id: string): string => fileURLToPath(new URL(`./golden/${id}.aurora.ts`, import.meta.url));

const test = suite('golden/dsl');
let converted = 0;
let refused = 0;

for (const expected of expectations) {
  test(expected.id, async () => {
    const file = await loadJobs(sourceOf(expected.id), { binds: expected.binds });
    if (expected.outcome === 'ok') converted += assertConverted(file, expected);
    else refused += assertRefused(file, expected, `${expected.id}.aurora.ts`);
  });
}

test('all cases were there', () => {
  assert.ok(converted >= 98, `${converted} jobs converted`);
  count('golden/dsl converted jobs', converted);
  count('golden/dsl refused jobs', refused);
});

test.run();
