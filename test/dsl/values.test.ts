import { convert } from '../../src/dsl/convert/convert.ts';
import {
  BYTES,
  combineTasks,
  concatTasks,
  cron,
  DefaultLifecycleConfig,
  days,
  dedicated,
  float,
  GB,
  hours,
  Job,
  javaOptions,
  KB,
  limit,
  MB,
  mins,
  not,
  oneOf,
  order,
  Process,
  Profile,
  parameters,
  port,
  pythonOptions,
  Resources,
  refer,
  referToMap,
  SequentialTask,
  Service,
  SimpleTask,
  secs,
  Task,
  TB,
  UpdateConfig,
} from '../../src/dsl/index.ts';
import { describer } from '../../src/dsl/schema/describe.ts';
import type { StructNode } from '../../src/dsl/schema/node.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('values of the language');

const a = Process({ name: 'a', cmdline: 'echo {{who}}' });
const b = Process({ name: 'b', cmdline: 'true' });
const resources = Resources({ cpu: 1, ram: 1 * GB, disk: 1 * GB });
const jobWith = (task: Task) => Job({ cluster: 'c', role: 'r', environment: 'test', task });

/** The resolved job, or the texts of what is wrong with it. */
function outcome(job: Job) {
  const result = convert(describer()(job) as StructNode, { user: 'me' });
  return 'converted' in result ? result.converted.job : result.problems.map(({ text }) => text);
}
const resolved = (job: Job) => {
  const job_ = outcome(job);
  assert.not(Array.isArray(job_), String(job_));
  return job_ as Exclude<ReturnType<typeof outcome>, string[]>;
};
const cmdlines = (job: Job) => resolved(job).task.processes.map(({ cmdline }) => cmdline);

test('cannot be changed, at any depth', () => {
  const job = Service({
    cluster: 'c',
    role: 'r',
    environment: 'test',
    task: { processes: [a], resources },
    metadata: [{ key: 'k', value: 'v' }],
  });
  for (const part of [job, job.task, job.task.processes, job.metadata, job.metadata?.[0]]) {
    assert.ok(Object.isFrozen(part));
  }
});

test('do not follow later changes of what they were made from', () => {
  const fields = { name: 'x', cmdline: 'first' };
  const list = [Process(fields)];
  const task = Task({ processes: list, resources });
  fields.cmdline = 'second';
  list.push(b);
  assert.is(task.processes.length, 1);
  assert.is(task.processes[0]?.cmdline, 'first');
});

test('with() replaces values and lists, and changes plain objects in part', () => {
  const job = jobWith(Task({ name: 't', processes: [a, b], resources, maxFailures: 4 }));
  const other = job.with({ instances: 3, task: { resources: { cpu: 2 } } });
  assert.is(other.task.resources.cpu, 2);
  assert.is(other.task.resources.ram, 1 * GB);
  assert.is(other.task.maxFailures, 4);
  assert.is(other.task.processes.length, 2);
  const replaced = other.with({ task: SimpleTask('s', 'true') });
  assert.is(replaced.task.maxFailures, undefined);
  assert.is(job.instances, undefined);
});

test('with() starts from the defaults where nothing was given', () => {
  const job = jobWith(SimpleTask('s', 'true')).with({ updateConfig: { watchSecs: 5 } });
  const { watchSecs, rollbackOnFailure } = resolved(job).updateConfig;
  assert.equal([watchSecs, rollbackOnFailure], [5, true]);
});

test('with() takes a field back to its default', () => {
  const job = jobWith(SimpleTask('s', 'true')).with({ contact: 'x', instances: 4 });
  const back = resolved(job.with({ contact: undefined, instances: undefined }));
  assert.is(back.contact, undefined);
  assert.is(back.instances, 1);
});

test('with() keeps bindings, at every depth', () => {
  const task = SequentialTask({ processes: [a], resources }).bind({ who: 'task' });
  assert.equal(cmdlines(jobWith(task).with({ task: { name: 'renamed' } })), ['echo task']);
});

test('a later bind beats an earlier one, and inside beats outside', () => {
  const job = jobWith(Task({ processes: [a, a.with({ name: 'c' }).bind({ who: 'process' })], resources }));
  assert.equal(cmdlines(job.bind({ who: 1 }).bind({ who: 2 })), ['echo 2', 'echo process']);
  assert.equal(cmdlines(job.bind({ who: 1 }, { who: 2 })), ['echo 2', 'echo process']);
});

test('a sequential task keeps its order when its processes change', () => {
  const task = SequentialTask({ processes: [a, b], resources });
  const orders = (one: Task) => one.constraints?.map((constraint) => constraint.order);
  assert.equal(orders(task), [['a', 'b']]);
  assert.equal(orders(task.with({ processes: [b, a] })), [['b', 'a']]);
  assert.equal(
    orders(
      task
        .bind({ x: 1 })
        .with({ name: 'n' })
        .with({ processes: [b] }),
    ),
    [['b']],
  );
  assert.equal(orders(task.with({ processes: [b, a], constraints: [] })), []);
  assert.throws(
    () => SequentialTask({ processes: [a], resources, constraints: [] } as never),
    /makes its own/,
  );
});

test('SequentialTask names a process whose name is a template', () => {
  const task = SequentialTask({ processes: [a.with({ name: 'a-{{n}}', cmdline: 'true' }), b], resources });
  const job = resolved(jobWith(task).bind({ n: 7 }));
  assert.equal(job.task.constraints, [{ order: ['a-7', 'b'] }]);
});

test('order takes processes and names', () => {
  assert.equal(
    order(a, 'x', b).map((constraint) => constraint.order),
    [['a', 'x', 'b']],
  );
});

test('joined tasks keep what their bindings meant', () => {
  const left = Task({ name: 'l', processes: [a], resources }).bind({ who: 'left' });
  const right = Task({ name: 'r', processes: [b, a.with({ name: 'a2' })], resources }).bind({ who: 'right' });
  const both = resolved(jobWith(combineTasks([left, right])));
  assert.equal(
    both.task.processes.map(({ cmdline }) => cmdline),
    ['echo left', 'true', 'echo right'],
  );
  assert.is(both.task.name, 'r');
  assert.is(both.task.resources.cpu, 2);
  const chain = resolved(jobWith(concatTasks([left, right], { name: 'chain' })));
  assert.equal(chain.task.constraints, [{ order: ['a', 'b'] }, { order: ['a', 'a2'] }]);
  assert.is(chain.task.resources.cpu, 1);
  assert.is(chain.task.finalizationWait, 60);
});

test('tasks whose resources are templates cannot be joined', () => {
  const open = Task({ processes: [a], resources: resources.with({ cpu: '{{c}}' }) });
  assert.throws(() => combineTasks([open, open]), /can only be joined when cpu is a number, not "\{\{c\}\}"/);
});

test('units, constraints and options', () => {
  assert.equal(
    [BYTES, KB, MB, GB, TB],
    [0, 1, 2, 3, 4].map((power) => 1024 ** power),
  );
  assert.equal([secs(5), mins(5), hours(2), days(1)], [5, 300, 7200, 86_400]);
  assert.equal(
    [limit(2), oneOf('a', 'b'), not('a', 'b'), dedicated('r'), dedicated('r', 'g')],
    ['limit:2', 'a,b', '!a,b', 'r', 'r/g'],
  );
  assert.is(cron('0 3 * * *'), '0 3 * * *');
  assert.is(javaOptions('server', { Xmx: '5m', ea: false }), '-server -Xmx 5m -ea');
  assert.is(pythonOptions({ f: 1, port: 0 }), '-f 1 --port');
});

test('typed references read as text wherever they stand', () => {
  const settings = Profile({
    version: '4.2',
    shards: 3,
    ratio: float(1),
    on: true,
    tags: ['x', '{{version}}'],
  });
  const p = refer<typeof settings>('p');
  const hosts = referToMap<string>('hosts');
  assert.is(
    `${p.version} ${p.tags[1]} ${hosts['db/main']} ${port('http')}`,
    '{{p.version}} {{p.tags[1]}} {{hosts[db/main]}} {{thermos.ports[http]}}',
  );
  const job = Service({
    cluster: 'c',
    role: 'r',
    environment: 'test',
    instances: p.shards,
    task: SimpleTask('s', `${p.version} ${p.tags[1]} ${p.ratio} ${p.on} ${hosts['db/main']}`),
  }).bind({ p: settings, hosts: new Map([['db/main', 'h1']]) });
  assert.equal(cmdlines(job), ['4.2 4.2 1.0 True h1']);
  assert.is(resolved(job).instances, 3);
});

test('copies of a profile fill in what they change', () => {
  const stable = Profile({ channel: 'stable', bucket: 'builds-{{channel}}' });
  const job = jobWith(SimpleTask('s', '{{p.bucket}}'));
  assert.equal(cmdlines(job.bind({ p: stable.with({ channel: 'beta' }) })), ['builds-beta']);
  assert.equal(cmdlines(job.bind({ p: stable })), ['builds-stable']);
});

test('a value that contains itself, and things that are no values, are mistakes and no crashes', () => {
  const loop: Record<string, unknown> = { name: 'p' };
  loop.loop = loop;
  assert.throws(() => Process(loop as never), /loop is nested without an end/);
  const odd = outcome(
    jobWith(SimpleTask('s', 'true')).with({ contact: (() => 1) as never, tier: null as never }),
  );
  assert.equal(odd, ['must be text, not a function', 'must be text, not null']);
});

test('parameters have defaults outside the loader', () => {
  assert.equal({ ...parameters({ a: 'x', n: 3 }) }, { a: 'x', n: 3 });
  assert.throws(() => parameters({ a: String }), /parameter a is missing: pass --bind a=VALUE/);
});

test('numbers that the wire cannot carry are refused', () => {
  const job = jobWith(SimpleTask('s', 'true'));
  const text = 'must be at most 2147483647, got 3000000000';
  const wrong = job.with({
    instances: 3e9,
    priority: 3e9,
    maxTaskFailures: 3e9,
    updateConfig: { watchSecs: 3e9 },
  });
  assert.equal(outcome(wrong), [text, text, text, text]);
  assert.equal(outcome(job.with({ instances: '99999999999999999999' })), [
    '"99999999999999999999" is too large',
  ]);
  assert.equal(outcome(job.with({ instances: Number.NaN })), ['must be a whole number, got NaN']);
});

test('constants are values like any other', () => {
  const job = jobWith(SimpleTask('s', 'true')).with({
    lifecycle: DefaultLifecycleConfig,
    updateConfig: UpdateConfig(),
  });
  assert.is(resolved(job).lifecycle.http?.port, 'health');
});

test('joined tasks keep the bindings of the last one', () => {
  const left = Task({ processes: [a], resources }).bind({ who: 'left', where: 'nowhere' });
  const right = Task({ name: '{{where}}', processes: [b], resources }).bind({ where: 'right' });
  for (const join of [combineTasks, concatTasks]) {
    const { task } = resolved(jobWith(join([left, right])));
    assert.is(task.name, 'right');
    assert.is(task.processes[0]?.cmdline, 'echo left');
  }
  const changed = combineTasks([left, right], { name: 'all-{{where}}' });
  assert.is(resolved(jobWith(changed)).task.name, 'all-right');
  const open = Task({ name: '{{where}}', processes: [b], resources });
  assert.equal(outcome(jobWith(combineTasks([right, open]))), [
    '{{where}} is bound to nothing',
    '{{where}} is bound to nothing',
  ]);
});

test('a process that joined tasks share is one process, whatever else they bind', () => {
  const greeting = { greeting: 'hello {{who}}', who: 'world' };
  const shared = Process({ name: 'shared', cmdline: 'echo {{greeting}}' });
  const left = Task({ processes: [shared], resources }).bind(greeting, { other: 'left' });
  const right = Task({ processes: [shared], resources }).bind(greeting, { more: 'right' });
  assert.equal(cmdlines(jobWith(combineTasks([left, right]))), ['echo hello world']);
  const third = Task({ processes: [shared], resources }).bind({ ...greeting, who: 'moon' });
  assert.match(outcome(jobWith(combineTasks([left, third]))).toString(), /the name of an earlier process/);
});

test('a word keeps its spelling for the executor, and is the API’s for the scheduler', () => {
  const job = jobWith(SimpleTask('p', 'true')).with({
    cronCollisionPolicy: 'kill_existing' as 'KILL_EXISTING',
  });
  const result = convert(describer()(job) as StructNode, { user: 'me' });
  assert.ok('converted' in result);
  if (!('converted' in result)) return;
  assert.is(result.converted.executorData?.cron_collision_policy, 'kill_existing');
  assert.is(result.converted.jobConfiguration.cronCollisionPolicy, 'KILL_EXISTING');
});

test('an escape is called what it is, whether its name is bound or not', () => {
  const said = ['{{&n}} leaves {{n}} in the text; nothing fills it in, and the executor refuses it'];
  const job = jobWith(SimpleTask('p', 'echo {{&n}}'));
  assert.equal(outcome(job), said);
  assert.equal(outcome(job.bind({ n: 1 })), said);
  assert.equal(outcome(jobWith(SimpleTask('p', 'echo {{&mesos.instance}}'))).constructor, Object);
});

test.run();
