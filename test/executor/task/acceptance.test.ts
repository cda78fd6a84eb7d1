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

/** Accepted by the original, which then hangs or gives up without a word; refused here before anything starts. */
const REFUSED_HERE = new Set(['concurrency-negative', 'rotate-size-zero', 'rotate-backups-zero']);

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
    refusal({
      processes: [good, { ...good, name: 'b' }],
      constraints: [{ order: ['a', 'b'] }, { order: ['b', 'a'] }],
    }),
    'processes wait for each other: a -> b -> a (task.constraints)',
  );
  assert.is(
    refusal({
      processes: [
        { ...good, daemon: true },
        { ...good, name: 'b' },
      ],
      constraints: [{ order: ['a', 'b'] }],
    }),
    '"b" waits for the daemon "a", which never ends',
  );
});

test.run();
