/** Before what cannot be undone a person is asked, in numbers; scripts are not. */
import { assert, suite } from '../harness/index.ts';
import { type CommandLine, commandLine } from './command-line.ts';
import { ANY_ARGS, fakeScheduler } from './golden/fake-scheduler.ts';
import type { Rpc } from './golden/scenario.ts';

const test = suite('prompts');

let line: CommandLine;
test.beforeEach(() => {
  line = commandLine();
});
test.afterEach(() => line.remove());

const task = (instanceId: number, status: string) => ({
  status,
  assignedTask: { taskId: `t${instanceId}`, instanceId },
});
const call = (method: string, result?: object): Rpc =>
  ({ method, args: ANY_ARGS, reply: { responseCode: 'OK', ...(result ? { result } : {}) } }) as Rpc;
const tasks = (...statuses: string[]) => ({
  scheduleStatusResult: { tasks: statuses.map((s, at) => task(at, s)) },
});

/** Words; what is asked to be able to ask; the question; and the calls of a yes. */
const CASES: readonly (readonly [
  words: string,
  before: readonly Rpc[],
  question: RegExp,
  after: readonly Rpc[],
])[] = [
  [
    'job killall west/web/prod/api --no-batching',
    [call('getTasksWithoutConfigs', tasks('RUNNING', 'PENDING'))],
    /^west\/web\/prod\/api has 2 active tasks\. Kill all, and with them the job\?$/,
    [call('killTasks'), call('getTasksWithoutConfigs', tasks('KILLED', 'KILLED'))],
  ],
  [
    'admin prune_tasks west --limit 2',
    [call('getTasksWithoutConfigs', tasks('FINISHED', 'FAILED', 'LOST'))],
    /^2 of the ended tasks of west will be forgotten\. Go on\?$/,
    [call('pruneTasks')],
  ],
  [
    'admin scheduler_commit_recovery west',
    [
      {
        ...call('queryRecovery', { queryRecoveryResult: { tasks: [task(0, 'RUNNING')] } }),
        anyOrder: true,
      } as Rpc,
      { ...call('getTasksWithoutConfigs', tasks('RUNNING', 'RUNNING')), anyOrder: true } as Rpc,
    ],
    /^The 2 active tasks that west knows will be replaced by the 1 active task of the backup\. Go on\?$/,
    [call('commitRecovery')],
  ],
  [
    'admin sla_host_drain west --hosts h1,h2 --force_drain_timeout 0s',
    [],
    /^All tasks of 2 hosts will be moved at once, whatever their policies say\. Go on\?$/,
    [call('slaDrainHosts')],
  ],
];

async function run(words: string, rpcs: readonly Rpc[], answer: boolean | undefined) {
  const asked: string[] = [];
  const userAgent = words.startsWith('admin') ? 'Aurora Admin' : 'Aurora V2';
  const scheduler = await fakeScheduler(rpcs, { userAgent });
  line.useScheduler(scheduler.ports[0]);
  const asker = async () =>
    answer === undefined
      ? undefined
      : async (text: string) => {
          asked.push(text);
          return answer;
        };
  const said = await line.run(words.split(' '), { asker });
  await scheduler.close();
  assert.equal([...scheduler.problems, ...scheduler.missing()], [], said.stderr);
  return { asked, ...said };
}

for (const [words, before, question, after] of CASES) {
  test(`${words}: a no ends it before anything is done`, async () => {
    const { asked, code, stderr } = await run(words, before, false);
    assert.is(asked.length, 1);
    assert.match(asked[0] ?? '', question);
    assert.match(stderr, 'not confirmed: nothing was done');
    assert.is(code, words.startsWith('admin') ? 1 : 4);
  });

  test(`${words}: a yes, --yes, a script and --json do it`, async () => {
    assert.is((await run(words, [...before, ...after], true)).code, 0);
    for (const [more, answer] of [
      [' --yes', false],
      [' --json', false],
      ['', undefined],
    ] as const) {
      const { asked, code, stderr } = await run(`${words}${more}`, after, answer);
      assert.equal(asked, []);
      assert.is(code, 0, stderr);
    }
  });
}

test('a drain that heeds policies asks nothing', async () => {
  const { asked } = await run('admin sla_host_drain west --hosts h1', [call('slaDrainHosts')], false);
  assert.equal(asked, []);
});

test.run();
