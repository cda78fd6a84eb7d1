/** The tool from its command line: what it writes, says and answers, and the proof against a scheduler in this process. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '../harness/index.ts';
import { type TestScheduler, testScheduler } from '../scheduler/running.ts';
import { aurora } from './against.ts';

const test = suite('migrate');
const LIMIT_MS = 60_000;

const ORIGINAL = `
def task(name, cmdline, **kw):
  return Task(name = name, processes = [Process(name = name, cmdline = cmdline)],
              resources = Resources(cpu = 0.5, ram = 64*MB, disk = 64*MB), **kw)

base = dict(cluster = 'west', role = 'shop', environment = 'prod')
jobs = [
  Service(name = 'plain', task = task('plain', './plain'), **base),
  Service(name = 'front', instances = 3, task = task('front', './front {{thermos.ports[http]}}', finalization_wait = 60),
          contact = 'front@example.test', constraints = {'rack': 'limit:1', 'host': 'limit:2'}, tier = 'preemptible',
          announce = Announcer(primary_port = 'http'), metadata = [Metadata(key = 'team', value = 'front')],
          health_check_config = HealthCheckConfig(interval_secs = 7), **base),
  Service(name = 'boxed', task = task('boxed', './boxed'),
          container = Docker(image = 'shop/boxed:1', parameters = [Parameter(name = 'env', value = 'A=1')]), **base),
  Job(name = 'nightly', cron_schedule = '0 3 * * *', cron_collision_policy = 'CANCEL_NEW', task = task('nightly', './nightly'), **base),
]
`;
const KEYS = ['plain', 'front', 'boxed', 'nightly'].map((name) => `west/shop/prod/${name}`);

let folder = '';
let scheduler: TestScheduler;
test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'aurora-migrate-'));
  scheduler = await testScheduler({}, [
    '-allow_docker_parameters=true',
    '-allowed_container_types=DOCKER,MESOS',
  ]);
  scheduler.mesos.subscribe();
});
test.after(async () => {
  await scheduler.stop();
  rmSync(folder, { recursive: true, force: true });
});
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

test(
  'every job that runs as its file says has no change; what differs is shown with its places, and the code is 4',
  async () => {
    const path = file('shop.aurora', ORIGINAL);
    const moved = await aurora(scheduler, ['migrate', path]);
    assert.equal([moved.code, moved.stderr], [0, '']);
    const none = await aurora(scheduler, ['migrate', path, '--force', '--against', 'west']);
    assert.is(none.code, 4);
    assert.match(none.stdout, 'west/shop/prod/plain: does not run there');
    for (const key of KEYS) {
      const words = key.endsWith('nightly') ? ['cron', 'schedule'] : ['job', 'create'];
      const made = await aurora(scheduler, [...words, key, `${path}.ts`]);
      assert.is(made.code, 0, made.stderr);
    }
    const same = await aurora(scheduler, ['migrate', path, '--force', '--against', 'west']);
    assert.is(same.code, 0, same.stdout);
    for (const key of KEYS) assert.match(same.stdout, `${key}: no change\n`);
    assert.match(same.stdout, '4 unchanged, 0 different');
    file(
      'shop.aurora',
      ORIGINAL.replace('instances = 3', 'instances = 4').replace("'./plain'", "'./plainer'"),
    );
    const other = await aurora(scheduler, ['migrate', path, '--force', '--against', 'west']);
    assert.is(other.code, 4);
    assert.match(other.stdout, /task\.processes\[plain\]\.cmdline: \.\/plain -> \.\/plainer/, other.stdout);
    assert.match(other.stdout, /instances: 3 -> 4 .*shop\.aurora\.ts:\d+/);
    assert.match(other.stdout, '2 unchanged, 2 different');
  },
  LIMIT_MS,
);

test(
  "a scheduler's answer to getJobs in a file proves the same",
  async () => {
    const path = file('kept.aurora', ORIGINAL);
    const port = scheduler.running().httpPort;
    const answer = await fetch(`http://127.0.0.1:${port}/apibeta/getJobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ownerRole: 'shop' }),
    });
    const expected = file('live.json', await answer.text());
    const same = await aurora(scheduler, ['migrate', path, '--check', expected]);
    assert.equal(
      [same.code, same.stdout.split('\n').at(-2)],
      [0, '4 unchanged, 0 different'],
      same.stdout + same.stderr,
    );
    const json = JSON.parse(
      (await aurora(scheduler, ['migrate', path, '--force', '--check', expected, '--json'])).stdout,
    );
    assert.equal([json.same, json.different], [4, 0]);
  },
  LIMIT_MS,
);

test('a place that cannot be translated is in the output and the list, with its line, and the code is 3', async () => {
  const path = file('odd.aurora', "import mylib\nx = 1\njobs = [mylib.job('a')]\n");
  const { code, stdout } = await aurora(scheduler, ['migrate', path]);
  assert.is(code, 3);
  assert.match(stdout, /odd\.aurora:1:1.*the module mylib is Python/s);
  assert.match(readFileSync(`${path}.ts`, 'utf8'), /untranslated\(\s*'line 1: import mylib/);
  const again = await aurora(scheduler, ['migrate', path]);
  assert.is(again.code, 4);
  assert.match(again.stderr, /is there already; choose another folder with --out, or pass --force/);
});

test('a file that is no Python, and one that is not there, are refused, and nothing is written', async () => {
  const path = file('broken.aurora', 'jobs = [Job(\n');
  const broken = await aurora(scheduler, ['migrate', path]);
  assert.is(broken.code, 3);
  assert.match(broken.stderr, 'this is no Python that can be read');
  assert.not(existsSync(`${path}.ts`));
  const missing = await aurora(scheduler, ['migrate', join(folder, 'nowhere.aurora')]);
  assert.is(missing.code, 3);
  assert.match(missing.stderr, /no such file: .*nowhere\.aurora/);
});

test.run();
