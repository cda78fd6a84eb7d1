/** What cannot be run has FAILED with one sentence that says what to do; the program, its agent and its files are real. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, count, suite } from '../harness/index.ts';
import { type ExecutorProgram, executorProgram, type StartedExecutor } from './executor-program.ts';
import { taskData } from './scripted-agent.ts';

const test = suite('executor bad input');

let program: ExecutorProgram;
test.before(async () => {
  program = await executorProgram();
});
test.after(() => program.remove());

interface Row {
  readonly what: string;
  readonly task?: object;
  readonly args?: readonly string[];
  readonly before?: (started: StartedExecutor) => void;
  readonly says: string | RegExp;
  readonly code?: number;
}

const a = { name: 'a', cmdline: 'true' };
const b = { name: 'b', cmdline: 'true' };
const saying = (cmdline: string) => ({ processes: [{ ...a, cmdline }] });

const ROWS: readonly Row[] = [
  {
    what: 'an order with an unknown process',
    task: { processes: [a, b], constraints: [{ order: ['a', 'bb'] }] },
    says: 'the order a, bb: "bb" is not a process of this task; there are "a", "b" (task.constraints); correct that order',
  },
  {
    what: 'a cycle',
    task: { processes: [a, b], constraints: [{ order: ['a', 'b'] }, { order: ['b', 'a'] }] },
    says: 'processes wait for each other: b -> a -> b (task.constraints); take one of them out of an order, so that one can be the first',
  },
  {
    what: 'two processes of one name',
    task: { processes: [a, a] },
    says: 'two processes are called "a" (task.processes); give each a name of its own',
  },
  {
    what: 'a misspelt reference',
    task: saying('echo {{thermos.prots[http]}}'),
    says: 'the task has unbound references: {{thermos.prots[http]}}; did you mean {{thermos.ports[http]}}?',
  },
  {
    what: 'a port missing',
    task: saying('echo {{thermos.ports[http]}}'),
    says: 'the task has unbound references: {{thermos.ports[http]}}; give every port a static number or use it in a process of the job',
  },
  {
    what: 'an unknown user',
    args: ['--nosetuid', '--execute-as-user=no-such-user'],
    says: 'the user "no-such-user" does not exist on this machine; create it, or start the executor with --nosetuid',
  },
  {
    what: 'a checkpoint directory that cannot be written',
    before: ({ runDirectory }) => writeFileSync(join(runDirectory, 'checkpoints'), 'in the way'),
    says: /^the checkpoint of the task cannot be written: .*; make the agent's work_dir writable/,
  },
  {
    what: 'an unknown executor flag',
    args: ['--nosetuidd'],
    says: 'the executor has no flag --nosetuidd; did you mean --nosetuid?',
    code: 2,
  },
  {
    what: 'an executor flag with an odd value',
    args: ['--stop_timeout_in_secs=soon'],
    says: '--stop_timeout_in_secs needs a whole number of at least 1, got "soon"',
    code: 2,
  },
];

for (const { what, task = { processes: [a] }, args, before, says, code = 0 } of ROWS) {
  test(`${what}: FAILED, and the message says what to do`, async () => {
    const started = await program.start(args ? { args } : {});
    try {
      await started.agent.subscribed();
      before?.(started);
      started.agent.launch('task-1', taskData(task));
      const { message } = await started.agent.reported('TASK_FAILED');
      if (typeof says === 'string') assert.is(message, says);
      else assert.match(message ?? '', says);
      assert.not.match(message ?? '', /\n/);
      assert.is((await started.exited).code, code);
      count('bad input', 1);
    } finally {
      await started.clean();
    }
  });
}

test.run();
