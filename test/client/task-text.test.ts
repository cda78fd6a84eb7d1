import { jobStatusText } from '../../src/client/task-text.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('text of job status');

test('of a message of many lines the first is shown, and that there are more', () => {
  const message =
    'Memory limit exceeded: Requested: 32MB Maximum Used: 32MB\n\nMEMORY STATISTICS: \ncache 0\nrss 1\n';
  const text = jobStatusText({
    job: { cluster: 'c', role: 'r', env: 'test', name: 'j' },
    active: [],
    inactive: [{ status: 'FAILED', taskEvents: [{ timestamp: 0n, status: 'FAILED', message }] }],
  } as unknown as Parameters<typeof jobStatusText>[0]);
  assert.match(text, /FAILED: Memory limit exceeded: Requested: 32MB Maximum Used: 32MB \[\.\.\.\]\n/);
  assert.not.match(text, /STATISTICS|rss/);
});

test.run();
