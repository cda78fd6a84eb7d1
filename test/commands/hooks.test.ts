/** Hooks and plugins in modules of the user's, around commands that talk to a scripted scheduler. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assert, suite } from '../harness/index.ts';
import { type CommandLine, commandLine } from './command-line.ts';
import { ANY_ARGS, fakeScheduler } from './golden/fake-scheduler.ts';
import type { Rpc } from './golden/scenario.ts';

const test = suite('hooks');

let line: CommandLine;
test.beforeEach(() => {
  line = commandLine();
});
test.afterEach(() => line.remove());

const call = (method: string, reply: object = { responseCode: 'OK' }): Rpc =>
  ({ method, args: ANY_ARGS, reply }) as Rpc;
const tasks = (...statuses: string[]) => ({
  responseCode: 'OK',
  result: {
    scheduleStatusResult: {
      tasks: statuses.map((status, instanceId) => ({ status, assignedTask: { taskId: 't', instanceId } })),
    },
  },
});
const TIERS = call('getTierConfigs', {
  responseCode: 'OK',
  result: {
    getTierConfigResult: {
      defaultTierName: 'preemptible',
      tiers: [{ name: 'preemptible', settings: { preemptible: 'true', revocable: 'false' } }],
    },
  },
});

/** A job file in a folder of its own; with `hooks`, `aurora.config.ts` beside it. */
function jobFile(job: string, config?: string): string {
  if (config !== undefined) line.write('jobs/aurora.config.ts', config);
  return line.write(
    'jobs/api.aurora.ts',
    `import { Job, MB, Process, Resources, Task } from 'aurora';
     const main = Process({ name: 'main', cmdline: 'true' });
     const task = Task({ name: 'api', processes: [main], resources: Resources({ cpu: 1, ram: MB, disk: MB }) });
     export default [Job({ cluster: 'west', role: 'web', environment: 'prod', name: 'api', task, ${job} })];`,
  );
}

/** A hook that writes down what it hears. */
const heard = () =>
  (readFileSync(join(line.home, 'heard'), { encoding: 'utf8', flag: 'a+' }).match(/.+/g) ?? []) as string[];
const note = () => `const note = (...what: unknown[]) =>
  void appendFileSync(${JSON.stringify(join(line.home, 'heard'))}, JSON.stringify(what) + '\\n');`;
const head = () => `import { appendFileSync } from 'node:fs';
  import { defineConfig } from 'aurora/config';
  ${note()}`;

async function run(rpcs: readonly Rpc[], words: readonly string[], entry: object = {}) {
  const scheduler = await fakeScheduler(rpcs);
  line.useScheduler(scheduler.ports[0], entry);
  const said = await line.run(words);
  await scheduler.close();
  assert.equal([...scheduler.problems, ...scheduler.missing()], [], said.stderr);
  return said;
}

/** What every call is: words, the answers before, the call, and after. */
const LISTENING = () => `${head()}
  const generic_hook = (event) => {
    note(event.event, event.call, event.result ?? event.error?.message);
  };
  export default defineConfig({ apiHooks: [{ name: 'listener', generic_hook }] });`;

const CALLS: readonly (readonly [words: string, rpcs: readonly Rpc[], method: string, about: object])[] = [
  [
    'job add west/web/prod/api/0 2',
    [
      call('getTasksWithoutConfigs', tasks('RUNNING')),
      call('getTasksWithoutConfigs', tasks('RUNNING')),
      call('addInstances'),
    ],
    'add_instances',
    { instance: 0, count: 2 },
  ],
  [
    'job kill west/web/prod/api/0-1 -m why --no-batching',
    [
      call('getTasksWithoutConfigs', tasks('RUNNING', 'RUNNING')),
      call('killTasks'),
      call('getTasksWithoutConfigs', tasks('KILLED', 'KILLED')),
    ],
    'kill_job',
    { instances: [0, 1], message: 'why' },
  ],
  [
    'job restart west/web/prod/api/0 --watch-secs 1 --by-client',
    [
      call('getTasksWithoutConfigs', tasks('RUNNING')),
      call('restartShards'),
      call('getTasksWithoutConfigs', tasks('RUNNING')),
      call('getTasksWithoutConfigs', tasks('RUNNING')),
    ],
    'restart',
    {
      instances: [0],
      settings: { batchSize: 1, watchMs: 1000, maxPerInstanceFailures: 0, maxTotalFailures: 0 },
    },
  ],
  ['cron start west/web/prod/api', [call('startCronJob')], 'start_cronjob', {}],
];

for (const [words, rpcs, method, about] of CALLS) {
  const key = { role: 'web', environment: 'prod', name: 'api' };
  const whole = {
    method,
    key: 'west/web/prod/api',
    cluster: 'west',
    ...key,
    ...about,
  };

  test(`${words}: the cluster's hooks hear of the call before and after`, async () => {
    const hooks = line.write('hooks.ts', LISTENING());
    const { code, stderr } = await run(rpcs, words.split(' '), { hooks: 'hooks.ts' });
    assert.is(code, 0, `${stderr}${hooks}`);
    assert.equal(
      heard().map((text) => JSON.parse(text)),
      [
        ['pre', whole, null],
        ['post', whole, { messages: [] }],
      ],
    );
  });
}

test('a job file and its update: the hook sees the job', async () => {
  const file = jobFile(
    'instances: 3, enableHooks: true',
    `${head()}
     export default defineConfig({
       apiHooks: [
         {
           name: 'listener',
           pre_create_job: ({ method, config }) => note('pre', method, config.instanceCount),
           post_create_job: ({ messages }, { key }) => note('post', messages, key),
           pre_start_job_update: ({ config, message, metadata }) =>
             note('pre', config?.instanceCount, message, metadata.map(({ key }) => key)),
           err_start_job_update: (error, { instances }) => note('err', error.message, instances),
         },
       ],
     });`,
  );
  const created = await run(
    [TIERS, call('createJob'), call('getTasksWithoutConfigs', tasks('PENDING', 'PENDING', 'PENDING'))],
    ['job', 'create', 'west/web/prod/api', file],
  );
  assert.is(created.code, 0, created.stderr);
  const refused = { responseCode: 'INVALID_REQUEST', details: [{ message: 'no' }] };
  const updated = await run(
    [TIERS, call('getJobUpdateDiff'), call('startJobUpdate', refused)],
    ['update', 'start', 'west/web/prod/api/0', file, '-m', 'x'],
  );
  assert.is(updated.code, 10, updated.stderr);
  assert.equal(heard(), [
    '["pre","create_job",3]',
    '["post",[],"west/web/prod/api"]',
    '["pre",3,"x",["org.apache.aurora.client.update_id"]]',
    '["err","INVALID_REQUEST: no",[0]]',
  ]);
});

test('a veto is one line and 1, all hooks are asked, and the scheduler is not', async () => {
  line.write(
    'hooks.ts',
    `${head()}
     export default defineConfig({
       apiHooks: [
         { name: 'freeze', pre_kill_job: () => 'it is Friday' },
         { name: 'broken', pre_kill_job: () => { throw new Error('no ticket'); } },
         { name: 'quiet', generic_hook: ({ event }) => (note(event), false) },
         { name: 'friendly', pre_kill_job: () => undefined, pre_create_job: () => false },
       ],
     });`,
  );
  const words = ['job', 'killall', 'west/web/prod/api', '--no-batching'];
  const { code, stdout, stderr } = await run([], words, { hooks: ['hooks.ts'] });
  assert.is(code, 1);
  assert.is(stdout, '');
  assert.match(
    stderr,
    /^kill_job of west\/web\/prod\/api was stopped by hooks freeze: it is Friday; broken: no ticket; quiet$/m,
  );
  assert.not.match(stderr, /^ +at /m);
  assert.equal(heard(), ['["pre"]']);
  const { stdout: json } = await run([], [...words, '--json'], { hooks: ['hooks.ts'] });
  assert.is(JSON.parse(json).error.cause, 'HOOK');
});

test('what is kept back: other clusters, jobs without enableHooks, files that are not given', async () => {
  line.write('hooks.ts', 'export default { apiHooks: [{ name: "no", generic_hook: () => false }] };');
  const kill = [call('killTasks'), call('getTasksWithoutConfigs', tasks('KILLED'))];
  const scheduler = await fakeScheduler(kill);
  const uri = `http://127.0.0.1:${scheduler.ports[0]}`;
  line.write('clusters.json', [
    { name: 'west', scheduler_uri: uri },
    { name: 'east', scheduler_uri: uri, hooks: 'hooks.ts' },
  ]);
  const words = ['job', 'killall', 'west/web/prod/api', '--no-batching'];
  assert.is((await line.run(words)).code, 0);
  assert.is((await line.run(['job', 'killall', 'east/web/prod/api', '--no-batching'])).code, 1);
  await scheduler.close();

  const config = 'export default { apiHooks: [{ name: "no", generic_hook: () => false }] };';
  const file = jobFile('enableHooks: false', config);
  const silent = await run([TIERS, ...kill], [...words, '--config', file]);
  assert.is(silent.code, 0, silent.stderr);
  assert.match(silent.stderr, /no enableHooks: true, so the API hooks of .*aurora\.config\.ts are left out/);
  jobFile('enableHooks: true', config);
  assert.is((await run([TIERS], [...words, `--config=${file}`])).code, 1);
});

const COMMANDS = () => `${head()}
  const hook = (name: string, code: number, commands?: string[]) => ({
    name,
    ...(commands ? { commands } : {}),
    pre_command: ({ noun, verb, args }) => (note('pre', name, noun, verb, Object.keys(args)), code),
    post_command: (_, result) => note('post', name, result),
  });
  export default defineConfig({
    commandHooks: [hook('first', 0), hook('cron', 3, ['cron *']), hook('gate', 17, ['job k*']), hook('last', 0)],
  });`;

test('command hooks: the first that is not 0 ends it with its code, on stdout as of old', async () => {
  line.write('hooks.ts', COMMANDS());
  const { code, stdout } = await run([], ['job', 'killall', 'west/web/prod/api'], { hooks: 'hooks.ts' });
  assert.is(code, 17);
  assert.is(stdout, 'Command aborted by command hook gate with error code 17\n');
  assert.equal(heard(), [
    '["pre","first","job","killall",["jobspec"]]',
    '["pre","gate","job","killall",["jobspec"]]',
  ]);
});

test('command hooks: all hear of a command that came to 0, and can be left out', async () => {
  line.write('hooks.ts', COMMANDS());
  const kill = [call('killTasks'), call('getTasksWithoutConfigs', tasks('KILLED'))];
  const words = ['job', 'killall', 'west/web/prod/api', '--no-batching'];
  assert.is((await run(kill, [...words, '--skip-hooks=gate,nobody'], { hooks: 'hooks.ts' })).code, 0);
  assert.equal(heard().slice(-2), ['["post","first",0]', '["post","last",0]']);
  const before = heard().length;
  assert.is((await run(kill, [...words, '--skip-hooks', 'all'], { hooks: 'hooks.ts' })).code, 0);
  assert.is(heard().length, before);
});

test('plugins: flags, words before they are read, and what belongs around a command', async () => {
  line.write(
    'hooks.ts',
    `${head()}
     export default defineConfig({
       plugins: [
         {
           name: 'ticket',
           options: {
             ticket: { type: 'string', description: 'change ticket', char: 'T' },
             loudly: { type: 'boolean', description: 'say so' },
           },
           before_dispatch: (words, env) => [...words, '--no-batching', ...(env.HOME ? ['--loudly'] : [])],
           before_execution({ flags, say }) {
             if (!flags.ticket) throw Object.assign(new Error('--ticket is missing'), { exitCode: 42 });
             if (flags.loudly) say('ticket ' + flags.ticket);
           },
           after_execution: ({ words }, code) => (note(words, code), Promise.reject(new Error('log is full'))),
         },
       ],
     });`,
  );
  const words = ['job', 'killall', 'west/web/prod/api'];
  const none = await run([], words, { hooks: 'hooks.ts' });
  assert.is(none.code, 42);
  assert.is(none.stderr, 'Error in plugin ticket before execution: --ticket is missing\n');
  const kill = [call('killTasks'), call('getTasksWithoutConfigs', tasks('KILLED'))];
  const given = await run(kill, [...words, '-T', 'A-1'], { hooks: 'hooks.ts' });
  assert.is(given.code, 0, given.stderr);
  assert.is(given.stdout, 'Job killall succeeded\n');
  assert.match(given.stderr, /^ticket A-1$/m);
  assert.match(given.stderr, 'plugin ticket failed after the command: log is full');
  assert.equal(JSON.parse(heard().at(-1) ?? ''), [[...words, '-T', 'A-1', '--no-batching', '--loudly'], 0]);
  const failed = await run(
    [call('killTasks', { responseCode: 'ERROR', details: [] })],
    [...words, '--tick', 'A-2'],
    { hooks: 'hooks.ts' },
  );
  assert.is(failed.code, 10, failed.stderr);
  assert.is(JSON.parse(heard().at(-1) ?? '')[1], 10);
});

test('flags of plugins are in the help and are completed: of the clusters named, else of all', async () => {
  const plugin = (flag: string) =>
    `${head()} export default defineConfig({ plugins: [{ name: 'p', options: {
       '${flag}': { type: 'string', description: 'as asked for', char: 'T', default: 'none' } } }] });`;
  line.write('east.ts', plugin('ticket-east'));
  line.write('west.ts', plugin('ticket-west'));
  line.write('jobs/aurora.config.ts', plugin('ticket-here'));
  const file = line.write('jobs/api.aurora.ts', '');
  line.write('clusters.json', [
    { name: 'west', scheduler_uri: 'http://127.0.0.1:1', hooks: ['west.ts'] },
    { name: 'east', scheduler_uri: 'http://127.0.0.1:1', hooks: ['east.ts'] },
  ]);
  const help = async (...words: string[]) => (await line.run([...words, '--help'])).stdout;
  const all = await help('job', 'kill');
  assert.match(all, '  -T, --ticket-east=<value>  as asked for [default: none] (cluster east)\n');
  assert.match(all, '--ticket-west');
  const one = await help('job', 'create', 'west/web/prod/api', file);
  assert.match(one, '--ticket-west');
  assert.match(one, /--ticket-here=<value> {2}as asked for \[default: none\]\n/);
  assert.not.match(one, '--ticket-east');
  assert.not.match(await help('admin', 'query'), 'FLAGS OF PLUGINS');
  const { stdout } = await line.run(['complete', '--', 'job', 'kill', 'west/web/prod/api', '--tick']);
  assert.is(stdout, '--ticket-west\n');

  line.write('west.ts', 'export default {{');
  const broken = await line.run(['job', 'kill', 'west/web/prod/api', '--help']);
  assert.is(broken.code, 0);
  assert.match(broken.stdout, 'USAGE');
  assert.match(broken.stderr, /^flags of plugins are missing here: Expected .*west\.ts/);
});

test('the module of the working folder is told in the help of commands that read job files', () => {
  line.write(
    'aurora.config.ts',
    `${head()} export default defineConfig({ plugins: [{ name: 'p', options: {
       ticket: { type: 'boolean', description: 'as asked for' } } }] });`,
  );
  const help = (...words: string[]) =>
    execFileSync(process.execPath, [resolve('bin/dev.js'), ...words, '--help'], {
      cwd: line.home,
      encoding: 'utf8',
      env: { HOME: line.home, AURORA_CONFIG_ROOT: line.home, PATH: process.env.PATH },
    });
  assert.match(help('job', 'create'), /FLAGS OF PLUGINS\n {2}--ticket {2}as asked for\n/);
  assert.not.match(help('job', 'status'), '--ticket');
}, 30_000);

/** Modules that are no good; what is said about them, after their place. */
const BROKEN: readonly (readonly [text: string, code: number, said: RegExp])[] = [
  ['export default {{', 3, /^Expected .*hooks\.ts:1:17\); correct the module$/],
  ["import './nowhere.ts'; export default {};", 3, /^Could not resolve "\.\/nowhere\.ts" .*hooks\.ts:1:8\)/],
  ['throw new Error("no home");', 3, /^no home \(.*hooks\.ts\); correct the module$/],
  ['export const apiHooks = [];', 3, /^the module has no default export with hooks/],
  ['export default { hooks: [] };', 3, /^the module has hooks; there are apiHooks, commandHooks, plugins/],
  ['export default { apiHooks: {} };', 3, /^apiHooks is no list/],
  ['export default { plugins: [{}] };', 3, /^plugins\[0\] has no name/],
  ['export default { commandHooks: [{ name: "all" }] };', 3, /^a command hook must not be named all/],
  [
    'export default { plugins: [{ name: "p", options: { yes: { type: "boolean", description: "" } } }] };',
    3,
    /^a plugin has a flag --yes, which the command has itself/,
  ],
  [
    'export default { plugins: [{ name: "p", before_dispatch: () => ["job", "create"] }] };',
    2,
    /^aurora job killall: plugin p made another command of job killall$/m,
  ],
  [
    'export default { plugins: [{ name: "p", before_dispatch: () => { throw new Error("x"); } }] };',
    1,
    /^Error in plugin p before dispatch: x$/,
  ],
];

for (const [text, code, said] of BROKEN) {
  test(`${text} ends in ${code}, in one sentence`, async () => {
    line.write('hooks.ts', text);
    const result = await run([], ['job', 'killall', 'west/web/prod/api'], { hooks: 'hooks.ts' });
    assert.is(result.code, code, result.stderr);
    assert.match(result.stderr.split('\n')[0] ?? '', said);
    assert.is(result.stdout, '');
  });
}

test('a module that is not there is named', async () => {
  const { code, stderr } = await run([], ['job', 'killall', 'west/web/prod/api'], { hooks: 'none.ts' });
  assert.is(code, 3);
  assert.match(stderr, /none\.ts/);
});

test('admin commands have no hooks, as of old', async () => {
  line.write('hooks.ts', 'export default { commandHooks: [{ name: "no", pre_command: () => 1 }] };');
  const scheduler = await fakeScheduler([call('pruneTasks')], { userAgent: 'Aurora Admin' });
  line.useScheduler(scheduler.ports[0], { hooks: 'hooks.ts' });
  assert.is((await line.run(['admin', 'prune_tasks', 'west'])).code, 0);
  await scheduler.close();
});

test.run();
