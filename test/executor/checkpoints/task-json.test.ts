import { taskJson } from '../../../src/executor/checkpoints/task-json.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('task file of a checkpoint');

test('has the defaults of the original for what was left out, at the task and at every process', () => {
  const bound = { processes: [{ name: 'a', cmdline: 'true' }] };
  // Recorded from the original's observer for this task.
  assert.equal(JSON.parse(taskJson(bound, 'a')), {
    name: 'a',
    constraints: [],
    max_failures: 1,
    max_concurrency: 0,
    finalization_wait: 30,
    processes: [
      {
        name: 'a',
        cmdline: 'true',
        max_failures: 1,
        daemon: false,
        ephemeral: false,
        min_duration: 5,
        final: false,
      },
    ],
  });
});

test('leaves alone what was given, and what nobody knows', () => {
  const bound = {
    name: 'web',
    max_failures: 0,
    finalization_wait: 5,
    resources: { cpu: 1, ram: 2, disk: 3 },
    constraints: [{ order: ['b', 'a'] }],
    processes: [
      { name: 'b', cmdline: 'exit 1', max_failures: 7, final: true, logger: { mode: 'rotate' } },
      { name: 'a', cmdline: 'true', daemon: true, min_duration: 0 },
    ],
  };
  const written = JSON.parse(taskJson(bound, 'web'));
  for (const [key, value] of Object.entries(bound))
    if (key !== 'processes') assert.equal(written[key], value, key);
  for (const [at, process] of bound.processes.entries())
    for (const [key, value] of Object.entries(process)) assert.equal(written.processes[at][key], value, key);
});

test.run();
