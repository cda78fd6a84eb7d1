import {
  Announcer,
  CoordinatorSlaPolicy,
  CountSlaPolicy,
  Docker,
  dedicated,
  HealthCheckConfig,
  HealthCheckerConfig,
  type JobFields,
  Logger,
  limit,
  MB,
  Mesos,
  oneOf,
  PercentageSlaPolicy,
  Process,
  type ProcessFields,
  RotatePolicy,
  Service,
  ShellHealthChecker,
  UpdateConfig,
} from '../../src/dsl/index.ts';
import { problemText } from '../../src/dsl/load/config-problem.ts';
import { checkJob, loadedJob } from '../../src/dsl/load/loaded-job.ts';
import { describer } from '../../src/dsl/schema/describe.ts';
import type { StructNode } from '../../src/dsl/schema/node.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('what a check refuses because it could never work');
const nowhere = { original: () => undefined, of: () => undefined };

const task = (...processes: readonly ProcessFields[]) => ({
  processes: processes.map((one) => Process(one)),
  resources: { cpu: 0.1, ram: MB, disk: MB },
});
const sleeper = { name: 'main', cmdline: 'sleep 60' };

function mistakes(change: Partial<JobFields>): string {
  const job = Service({
    cluster: 'c',
    role: 'web',
    environment: 'test',
    name: 'job',
    task: task(sleeper),
    ...change,
  });
  const loaded = loadedJob(describer()(job) as StructNode, {}, nowhere);
  return checkJob(loaded).map(problemText).join('\n');
}

const cron = (cronSchedule: string): Partial<JobFields> => ({ service: false, cronSchedule });
const logged = (rotate: object) =>
  task({ ...sleeper, logger: Logger({ mode: 'rotate', rotate: RotatePolicy(rotate) }) });

/** A job, and what is said about it. */
const CASES: readonly (readonly [string, Partial<JobFields>, RegExp])[] = [
  [
    'ids of tasks',
    { name: 'n'.repeat(200) },
    /^name: is too long: .* may have 206 letters together, have 207; .*255/,
  ],
  ['a day that never comes', cron('0 0 31 2 *'), /^cronSchedule: "0 0 31 2 \*" .* never runs$/],
  ['a step beyond the field', cron('*/70 * * * *'), /^cronSchedule: .* "\*\/70" as its minute/],
  ['a name inside a word', cron('0 0 * 1JAN *'), /"1JAN" as its month/],
  ['two names in one word', cron('0 0 * * SUNMON'), /"SUNMON" as its day of the week/],
  [
    'overlapping runs',
    { ...cron('0 0 * * *'), cronCollisionPolicy: 'RUN_OVERLAP' },
    /^cronCollisionPolicy: must be KILL_EXISTING or CANCEL_NEW/,
  ],
  [
    'limit(0)',
    { constraints: { host: limit(0) } },
    /^constraints.host: must be a limit of at least 1, got 0/,
  ],
  ['limit:-1', { constraints: { host: 'limit:-1' } }, /must be a limit of at least 1, got -1/],
  ['limit=1', { constraints: { host: 'limit=1' } }, /must be limit: and a whole number, got "limit=1"/],
  ['no value', { constraints: { rack: (oneOf as () => string)() } }, /must name at least one value/],
  [
    'an empty value',
    { constraints: { rack: '!a,,b' } },
    /must name at least one value, and none may be empty/,
  ],
  ['no attribute', { constraints: { '': 'a' } }, /must name an attribute/],
  [
    'hosts of others',
    { constraints: { dedicated: dedicated('db', 'x') } },
    /Only db may use hosts dedicated/,
  ],
  ['many dedicated', { constraints: { dedicated: 'web/a,web/b' } }, /must have exactly one value/],
  ['not dedicated', { constraints: { dedicated: '!web/a' } }, /may not be negated/],
  ['dedicated limit', { constraints: { dedicated: limit(1) } }, /must be of value type/],
  [
    'log size 0',
    { task: logged({ logSize: 0 }) },
    /^task.processes\[0\].logger.rotate.logSize: .*at least 1 byte, got 0/,
  ],
  ['no old logs', { task: logged({ backups: 0 }) }, /rotate.backups: must be at least 1, got 0/],
  [
    'more than all',
    { slaPolicy: PercentageSlaPolicy({ percentage: 150, durationSecs: 60 }) },
    /^slaPolicy.percentage: must be from 0 to 100, got 150/,
  ],
  [
    'nobody may go',
    { instances: 20, slaPolicy: PercentageSlaPolicy({ percentage: 96, durationSecs: 60 }) },
    /^slaPolicy.percentage: must leave at least one instance that may be killed, and 96% of 20 have to stay/,
  ],
  [
    'more than there are',
    { instances: 20, slaPolicy: CountSlaPolicy({ count: 21, durationSecs: 60 }) },
    /^slaPolicy.count: must leave at least one instance that may be killed, and 21 of 20 have to stay/,
  ],
  [
    'a negative while',
    { instances: 20, slaPolicy: CountSlaPolicy({ count: 1, durationSecs: -1 }) },
    /^slaPolicy.durationSecs: must be at least 0, got -1/,
  ],
  [
    'nobody to ask',
    { slaPolicy: CoordinatorSlaPolicy({ coordinatorUrl: 'coordinator:80' }) },
    /^slaPolicy.coordinatorUrl: must be an http or https URL/,
  ],
  [
    'an SLA that is not there',
    { updateConfig: UpdateConfig({ slaAware: true }) },
    /^updateConfig.slaAware: needs a slaPolicy/,
  ],
  [
    'less than Mesos counts',
    { task: { ...task(sleeper), resources: { cpu: 0.0004, ram: MB, disk: MB } } },
    /^task.resources.cpu: must be at least 0.001, got 0.0004$/,
  ],
  [
    'one name twice',
    { task: task(sleeper, { ...sleeper, cmdline: 'true' }) },
    /^task.processes\[1\].name: is "main", the name of an earlier process of this task: only one of them would run$/,
  ],
  [
    'one name twice, when it runs',
    { task: task({ ...sleeper, name: 'p{{mesos.instance}}' }, { ...sleeper, name: 'p0' }) },
    /^task.processes\[1\].name: is "p0"/,
  ],
  [
    'a command of 3 MB',
    { task: task({ ...sleeper, cmdline: `echo ${'x'.repeat(3_000_000)}` }) },
    /^task.processes\[0\].cmdline: must have at most 131071 bytes, has 3000005: Linux/,
  ],
  [
    'a command that gets too long when it runs',
    { task: task({ ...sleeper, cmdline: `${'x'.repeat(131_000)}{{thermos.task_id}}{{mesos.hostname}}` }) },
    /cmdline: must have at most 131071 bytes, has 1311\d\d/,
  ],
  [
    'a health check of 3 MB',
    {
      healthCheckConfig: HealthCheckConfig({
        healthChecker: HealthCheckerConfig({
          shell: ShellHealthChecker({ shellCommand: 'x'.repeat(140_000) }),
        }),
      }),
    },
    /^healthCheckConfig.healthChecker.shell.shellCommand: must have at most 131071 bytes/,
  ],
  ['a zero byte', { task: task({ ...sleeper, cmdline: 'echo \0' }) }, /cmdline: holds a zero byte/],
  [
    'a file name too long',
    { task: task({ ...sleeper, name: 'ä'.repeat(122) }) },
    /name: .* at most 243 bytes, has 244/,
  ],
  [
    'an order of nothing',
    { task: { ...task(sleeper), constraints: [{ order: [] }] } },
    /order: names no process/,
  ],
  [
    'a port that is none',
    { constraints: { dedicated: 'web' }, announce: Announcer({ portmap: { http: '70000' } }) },
    /^announce.portmap.http: must be a port from 1 to 65535, got 70000/,
  ],
  ['no time for a check', { healthCheckConfig: { timeoutSecs: 0 } }, /timeoutSecs: must be more than 0/],
  ['no image', { container: Docker({ image: '' }) }, /^container.image: must not be empty/],
  [
    'no path',
    { container: Mesos({ volumes: [{ containerPath: '', hostPath: '/x', mode: 'RO' }] }) },
    /volumes\[0\].containerPath: must not be empty/,
  ],
];

for (const [what, change, text] of CASES) {
  test(what, () => {
    const said = mistakes(change);
    assert.match(said, text);
    assert.is(said.split('\n').length, 1, said);
  });
}

test('the last that works is not refused', () => {
  assert.is(mistakes({ name: 'n'.repeat(199) }), '');
  assert.is(mistakes({ task: task({ ...sleeper, cmdline: 'x'.repeat(131_071) }) }), '');
  assert.is(mistakes({ task: { ...task(sleeper), resources: { cpu: 0.001, ram: MB, disk: MB } } }), '');
  const half = { percentage: 80, durationSecs: 60 };
  assert.is(mistakes({ instances: 5, slaPolicy: PercentageSlaPolicy(half) }), '');
  assert.is(
    mistakes({ constraints: { host: limit(1), dedicated: dedicated('*', 'gpu'), limits: 'limit' } }),
    '',
  );
});

test.run();
