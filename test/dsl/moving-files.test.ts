/** What people meet who move job files of the original. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../src/base/errors.ts';
import { Job, Process, Profile, refer, Service, SimpleTask, Task } from '../../src/dsl/index.ts';
import { problemText } from '../../src/dsl/load/config-problem.ts';
import { loadJobs } from '../../src/dsl/load/load.ts';
import { checkFile, checkJob, loadedJob } from '../../src/dsl/load/loaded-job.ts';
import { describer } from '../../src/dsl/schema/describe.ts';
import type { StructNode } from '../../src/dsl/schema/node.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('moving files of the original');
const nowhere = { original: () => undefined, of: () => undefined };
const said = (job: unknown): readonly string[] =>
  checkJob(loadedJob(describer()(job) as StructNode, {}, nowhere)).map(problemText);

let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'aurora-moving-'));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('a Python file is called one, with the page that shows the way', async () => {
  for (const name of ['old.aurora', 'lib/common.inc', 'none.mesos']) {
    const text = await loadJobs(join(folder, name)).then(() => 'loaded', messageOf);
    assert.match(text, 'is a job file of the original, in Python');
    assert.match(text, /write it as .*\.aurora\.ts: .*docs\/from-pystachio\.md/);
    const page = /: (\/\S*from-pystachio\.md)/.exec(text)?.[1];
    assert.ok(page && existsSync(page), text);
  }
});

test('an unfinished job is completed by with, and what is missing in the end is said', () => {
  const template = Service({ cluster: 'c', role: 'r', environment: 'test', instances: 2 }).bind({
    who: 'me',
  });
  assert.equal(said(template), ['task: Job needs task']);
  assert.equal(said(template.with({ task: SimpleTask('p', 'echo {{who}}') })), []);
  const bare = Job({ name: 'x' }).with({
    cluster: 'c',
    role: 'r',
    environment: 'test',
    task: SimpleTask('p', 'true'),
  });
  assert.equal(said(bare), []);
  assert.is(bare.service, undefined);
});

test('a reference stands alone for a number, and as a key in backticks', () => {
  const p = refer<{ shards: number; attribute: string }>('p');
  const job = Service({
    cluster: 'c',
    role: 'r',
    environment: 'test',
    name: `web-${p.shards}`,
    instances: p.shards,
    constraints: { [`${p.attribute}`]: 'limit:1' },
    task: SimpleTask('p', 'true'),
  });
  assert.equal(said(job.bind({ p: { shards: 3, attribute: 'host' } })), []);
});

test('a field that a profile was not made with is refused, with the nearest', () => {
  const stable = Profile({ channel: 'stable', version: undefined as string | undefined } as {
    channel: string;
  });
  assert.throws(
    () => stable.with({ chanel: 'beta' } as never),
    /^Profile has no field chanel; did you mean channel\?$/,
  );
  assert.throws(() => stable.with({ x: 1 } as never), /Profile has no field x; it has channel, version/);
  assert.is((stable.with({ version: '2' } as never) as unknown as { version: string }).version, '2');
  assert.is(stable.with({ channel: 'beta' }).channel, 'beta');
});

test('… where it is written', async () => {
  const file = join(folder, 'profile.aurora.ts');
  writeFileSync(
    file,
    "import { Profile } from 'aurora';\nconst p = Profile({ channel: 'a' });\nexport default [p.with({ chanel: 'b' })];\n",
  );
  const text = await loadJobs(file).then(() => 'loaded', messageOf);
  assert.match(text, /Profile has no field chanel; did you mean channel\? \(.*profile\.aurora\.ts:3:\d+\)/);
});

test('a text before the fields is refused with the word for it', () => {
  const call = (builder: unknown) => () =>
    (builder as (...args: unknown[]) => unknown)('x', { processes: [] });
  assert.throws(
    call(Task),
    /^Task takes one object that has all fields, .*: write Task\(\{ name: "x", \.\.\. \}\)$/,
  );
  assert.throws(call(Process), /write Process\(\{ name: "x"/);
  assert.throws(call(Service), /^Job takes one object/);
});

test('fields that are gone name what stands for them', async () => {
  const file = join(folder, 'gone.aurora.ts');
  writeFileSync(
    file,
    `import { Service, SimpleTask } from 'aurora';
export default [Service({ cluster: 'c', role: 'r', environment: 'test', task: SimpleTask('p', 'true'),
  cron_policy: 'KILL_EXISTING', daemon: true,
  healthCheckConfig: { endpoint: '/h' }, updateConfig: { restart_threshold: 60 } } as never)];`,
  );
  const texts = checkFile(await loadJobs(file))
    .map(problemText)
    .sort();
  assert.is(texts.length, 4);
  assert.match(
    texts[0] ?? '',
    /^cron_policy: Job has no field cron_policy any more .*; it is called cronCollisionPolicy$/,
  );
  assert.match(texts[1] ?? '', /^daemon: Job has no field daemon any more .*; use Service/);
  assert.match(
    texts[2] ?? '',
    /endpoint: HealthCheckConfig has no field endpoint any more .*; write healthChecker: \{ http/,
  );
  assert.match(texts[3] ?? '', /restart_threshold: .*; leave it out: it had no effect any more$/);
});

test.run();
