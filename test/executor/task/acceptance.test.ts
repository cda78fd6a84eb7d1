import { readFileSync } from 'node:fs';
import type { Fields } from '../../../src/api/thermos/fields.ts';
import { object } from '../../../src/api/thermos/fields.ts';
import { boundTask } from '../../../src/api/thermos/instance.ts';
import { parseTask } from '../../../src/api/thermos/parse.ts';
import { AuroraError } from '../../../src/base/errors.ts';
import { plansOf } from '../../../src/executor/task/stages.ts';
import { assert, count, suite } from '../../harness/index.ts';

interface Case {
  readonly id: string;
  readonly what: string;
  readonly task: unknown;
  readonly flags: readonly string[];
  readonly accepted: boolean;
}

const cases = JSON.parse(readFileSync('test/golden/thermos/task-acceptance.json', 'utf8')) as readonly Case[];

/** Accepted by the original, which then hangs, gives up or leaves one out without a word; refused before anything starts. */
const REFUSED_HERE = new Set([
  'concurrency-negative',
  'duplicate-names',
  'rotate-size-zero',
  'rotate-backups-zero',
]);

/** About flags or files of the original's runner process, which does not exist here. */
const NOT_ABOUT_THE_TASK = (golden: Case) => golden.flags.length > 0 || golden.id === 'json-missing';

function accepts(task: unknown): boolean {
  try {
    const fields = object(typeof task === 'string' ? JSON.parse(task) : task, 'task');
    const known = { taskId: 'task-1', user: 'root', ports: new Map() };
    plansOf(parseTask(boundTask(fields as Fields, known)));
    return true;
  } catch (error) {
    assert.ok(error instanceof AuroraError || error instanceof SyntaxError, String(error));
    return false;
  }
}

const test = suite('executor task acceptance');

test('accepts and refuses the tasks that the original does', () => {
  const relevant = cases.filter((golden) => !NOT_ABOUT_THE_TASK(golden));
  for (const golden of relevant) {
    const expected = golden.accepted && !REFUSED_HERE.has(golden.id);
    assert.is(accepts(golden.task), expected, `${golden.id}: ${golden.what}`);
  }
  count('golden/thermos task-acceptance', relevant.length);
});

test('a refusal names the field', () => {
  const refusal = (task: Fields) => {
    try {
      plansOf(parseTask(task));
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };
  const good = { name: 'a', cmdline: 'true' };
  assert.is(
    refusal({ processes: [good, { ...good, max_failures: 'many' }] }),
    'expected a number, got "many" (task.processes[1].max_failures)',
  );
  assert.is(
    refusal({ processes: [{ ...good, colour: 'red' }] }),
    'unknown field "colour" of a process (task.processes[0])',
  );
  assert.is(
    refusal({ processes: [good, good] }),
    'two processes are called "a" (task.processes); give each a name of its own',
  );
  assert.is(
    refusal({ processes: [{ ...good, cmdline: 'x'.repeat(131_072) }] }),
    'cmdline must have at most 131071 bytes, has 131072: Linux starts no shell with more; put it into a file that the task fetches (task.processes[0].cmdline)',
  );
  assert.match(
    refusal({ processes: [{ ...good, name: 'x'.repeat(244) }] }),
    /name must have at most 243 bytes, has 244: files are called after it/,
  );
  assert.match(
    refusal({ processes: [good], resources: { cpu: 0.0004, ram: 1, disk: 1 } }),
    /cpu must be at least 0.001, got 0.0004/,
  );
  assert.match(refusal({ processes: [good], constraints: [{ order: [] }] }), /the order : names no process/);
  assert.is(
    refusal({
      processes: [good, { ...good, name: 'b' }],
      constraints: [{ order: ['a', 'b'] }, { order: ['b', 'a'] }],
    }),
    'processes wait for each other: b -> a -> b (task.constraints); take one of them out of an order, so that one can be the first',
  );
  assert.is(
    refusal({
      processes: [
        { ...good, daemon: true },
        { ...good, name: 'b' },
      ],
      constraints: [{ order: ['a', 'b'] }],
    }),
    'the order a, b: "b" waits for "a", a daemon, which never finishes (task.constraints); correct that order',
  );
});

test.run();
