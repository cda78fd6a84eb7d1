/** `--json` of every verb keeps to its schema, for recorded runs and for the verbs that no recording has. */
import { readFileSync, writeFileSync } from 'node:fs';
import { systemClock } from '../../src/base/clock.ts';
import { COMMANDS } from '../../src/commands/table.ts';
import { assert, suite } from '../harness/index.ts';
import { type CommandLine, commandLine } from './command-line.ts';
import { ANY_ARGS, fakeScheduler } from './golden/fake-scheduler.ts';
import { replay } from './golden/replay.ts';
import { groups, type Rpc, type Scenario } from './golden/scenario.ts';
import { FAILURE, SHAPES, schemaPage } from './json-shapes.ts';

process.env.TZ = 'UTC';

const test = suite('--json');
const PAGE = 'docs/json-output.schema.json';

/** Daemons and what works on their files have words of their own, and no result but a log. */
const DAEMONS = /^(?:executor|observer|scheduler .*)$/;

const verbs: string[] = [];
for (const [id, load] of Object.entries(COMMANDS)) {
  if (!DAEMONS.test(id) && (await load()).default.strict) verbs.push(id);
}

test('the page of schemas is what they are', () => {
  const text = schemaPage();
  if (process.env.AURORA_UPDATE_DOCS === '1') writeFileSync(PAGE, text);
  assert.is(readFileSync(PAGE, 'utf8'), text, 'run AURORA_UPDATE_DOCS=1 npm test -- commands/json');
});

test('every verb has the flag and a schema', () => {
  for (const id of verbs) assert.ok(SHAPES[id], `${id} has no schema`);
});

const verbOf = ({ program, argv }: Scenario): string =>
  program === 'aurora' ? argv.slice(0, 2).join(' ') : `admin ${argv[0]}`;

/** Runs that a person would not be surprised by: their calls and their end are those of the recording. */
const plainRun = ({ originalDefect, interrupt, argv, rightStdout }: Scenario): boolean =>
  !originalDefect && !interrupt && rightStdout === undefined && !argv.includes('--') && !argv.includes('-h');

const recorded = groups().flatMap(({ scenarios }) => scenarios.filter(plainRun));
const covered = new Set<string>();
for (const verb of verbs) {
  const own = recorded.filter((scenario) => verbOf(scenario) === verb && SHAPES[verb]);
  const good = own.filter(({ exitCode }) => exitCode === 0).slice(0, 2);
  const bad = own
    .filter(({ exitCode, rpcs }) => exitCode !== 0 && exitCode !== 2 && rpcs.length > 0)
    .slice(0, 1);
  for (const scenario of good) {
    covered.add(verb);
    test(`${scenario.id}: ${verb} keeps to its schema`, () =>
      replay(scenario, undefined, (stdout) => {
        const { error } = (SHAPES[verb] as (typeof SHAPES)[string]).safeParse(JSON.parse(stdout));
        assert.is(error?.message, undefined, stdout);
      }));
  }
  for (const scenario of bad) {
    test(`${scenario.id}: a failure of ${verb} is data, too`, () =>
      replay(scenario, undefined, (stdout) => {
        const value = JSON.parse(stdout);
        const isResult = (SHAPES[verb] as (typeof SHAPES)[string]).safeParse(value).success;
        const refused = (SHAPES['admin set_quota'] as (typeof SHAPES)[string]).safeParse(value).success;
        if (!isResult && !refused) assert.is(FAILURE.safeParse(value).error?.message, undefined, stdout);
      }));
  }
}

const KEY = 'west/web/prod/api';
const ok = (method: string, result?: object): Rpc =>
  ({
    method,
    args: ANY_ARGS,
    reply: { responseCode: 'OK', details: [{ message: 'done' }], ...(result ? { result } : {}) },
  }) as Rpc;
const job = { role: 'web', environment: 'prod', name: 'api' };
const one = {
  status: 'RUNNING',
  assignedTask: { taskId: 't', instanceId: 3, slaveHost: 'h', task: { job, isService: true } },
  taskEvents: [{ timestamp: 1767225600000, status: 'PENDING' }],
};
const summary = {
  key: { job, id: 'u1' },
  user: 'me',
  state: {
    status: 'ROLLED_FORWARD',
    createdTimestampMs: 1767225600000,
    lastModifiedTimestampMs: 1767225600000,
  },
};

/** Words, and what the scheduler is asked. */
const OTHERS: readonly (readonly [words: readonly string[], rpcs: readonly Rpc[]])[] = [
  [['admin', 'force_task_state', 'west', 'task-1', 'LOST'], [ok('forceTaskState')]],
  [['admin', 'restore_job', KEY, '--from', 'backup-1'], [ok('restoreJob')]],
  [['admin', 'state', KEY, '--at', '-1h'], [ok('getTasksAt', { scheduleStatusResult: { tasks: [one] } })]],
  [['cluster', 'list'], []],
  [['cluster', 'check', 'west'], [ok('getTierConfigs')]],
  [['completion', 'bash'], []],
  [['config', 'check', 'a.aurora.ts'], []],
  [['init', 'folder'], []],
  [['version'], []],
  [['admin', 'unit-files', 'scheduler', '--out', 'folder'], []],
  [['update', 'pulse', KEY, 'u1'], [ok('pulseJobUpdate', { pulseJobUpdateResult: { status: 'OK' } })]],
  [
    ['job', 'summary', 'west/web'],
    [
      ok('getJobSummary', {
        jobSummaryResult: {
          summaries: [{ job: { key: job }, stats: { activeTaskCount: 2 }, nextCronRunMs: 1767225600000 }],
        },
      }),
    ],
  ],
  [
    ['job', 'why', KEY],
    [
      ok('getTasksWithoutConfigs', { scheduleStatusResult: { tasks: [one] } }),
      ok('getPendingReason', {
        getPendingReasonResult: { reasons: [{ taskId: 't', reason: 'Insufficient: ram' }] },
      }),
    ],
  ],
  [
    ['role', 'summary', 'west'],
    [
      ok('getRoleSummary', {
        roleSummaryResult: { summaries: [{ role: 'web', jobCount: 1, cronJobCount: 0 }] },
      }),
    ],
  ],
  [
    ['update', 'watch', KEY, 'u1'],
    [ok('getJobUpdateDetails', { getJobUpdateDetailsResult: { detailsList: [{ update: { summary } }] } })],
  ],
];

let line: CommandLine;
test.before(() => {
  line = commandLine();
  line.write(
    'a.aurora.ts',
    `import { MB, Service } from 'aurora';
     export default [Service({ cluster: 'west', role: 'web', environment: 'test', name: 'a', task: {
       processes: [{ name: 'p', cmdline: 'true' }], resources: { cpu: 1, ram: 64 * MB, disk: 64 * MB } } })];`,
  );
});
test.after(() => line.remove());

for (const [words, rpcs] of OTHERS) {
  const verb = words.slice(0, 2).join(' ') in COMMANDS ? words.slice(0, 2).join(' ') : (words[0] ?? '');
  covered.add(verb);
  test(`${verb} keeps to its schema`, async () => {
    const admin = words[0] === 'admin' && words[1] !== 'unit-files';
    const scheduler = await fakeScheduler(rpcs, {
      userAgent: admin ? 'Aurora Admin' : 'Aurora V2',
      reads: ['getPendingReason', 'getTasksWithoutConfigs', 'getCronJobStatus'],
    });
    line.useScheduler(scheduler.ports[0]);
    const placed = words.map((word) =>
      /^(?:a\.aurora\.ts|folder)$/.test(word) ? `${line.home}/${word}` : word,
    );
    // clocks are compared there
    const own = verb === 'cluster check' ? { clock: { ...systemClock, monotonicMs: () => 0 } } : {};
    const { code, stdout, stderr } = await line.run([...placed, '--json'], own);
    await scheduler.close();
    assert.equal([...scheduler.problems, ...scheduler.missing()], []);
    assert.is(code, 0, stderr);
    const texts = verb === 'update watch' ? stdout.trim().split('\n') : [stdout];
    for (const text of texts) {
      const { error } = (SHAPES[verb] as (typeof SHAPES)[string]).safeParse(JSON.parse(text));
      assert.is(error?.message, undefined, text);
    }
  });
}

test('no verb is left out', () => {
  // a drain lasts, and a plan needs a scheduler that makes one: test/client has both. Logs, sandboxes, a trial and a
  // migration need more than calls; json-others has the rest.
  const left = verbs.filter((verb) => !covered.has(verb));
  const others = ['admin audit', 'admin hash_password'];
  const more = ['job logs', 'job try', 'migrate', 'task files', 'task top'];
  assert.equal(left.sort(), [...others, ...more, 'admin drain', 'admin host_drain', 'update plan'].sort());
});

test.run();
