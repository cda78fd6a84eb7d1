import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { problemText } from '../../src/dsl/load/config-problem.ts';
import { loadJobs } from '../../src/dsl/load/load.ts';
import { checkFile, convertJob } from '../../src/dsl/load/loaded-job.ts';
import { assert, count, suite } from '../harness/index.ts';

const test = suite('examples');
const folder = fileURLToPath(new URL('../../examples/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.aurora.ts'));

for (const name of files) {
  test(`${name} is free of mistakes, converts, and runs on the embedded cluster`, async () => {
    const loaded = await loadJobs(folder + name);
    assert.equal(checkFile(loaded).map(problemText), []);
    assert.ok(loaded.jobs.length > 0);
    for (const job of loaded.jobs) {
      const { warnings, jobConfiguration } = convertJob(job, { user: 'me' });
      assert.equal(warnings, []);
      assert.is(job.cluster, 'local');
      assert.ok((jobConfiguration.instanceCount ?? 0) <= 4);
    }
  });
}

test('there are at least the eight that the documentation speaks of', () => {
  assert.ok(files.length >= 8, files.join(', '));
  count('examples', files.length);
});

test.run();
