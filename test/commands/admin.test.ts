/** Commands of the administrator against a scheduler in this process. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { systemClock } from '../../src/base/clock.ts';
import { main } from '../../src/commands/main.ts';
import { assert, suite } from '../harness/index.ts';
import { JOB, wireJob } from '../scheduler/builders.ts';
import { type TestScheduler, testScheduler } from '../scheduler/running.ts';

const test = suite('admin commands');
const LIMIT_MS = 20_000;
const HOUR_MS = 3_600_000;

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Scene {
  readonly scheduler: TestScheduler;
  readonly folder: string;
  /** Added to the scheduler's wall clock. */
  offsetMs: number;
  /** Runs `aurora WORDS`. */
  aurora(...words: string[]): Promise<Said>;
}

async function withScene(run: (scene: Scene) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'aurora-admin-'));
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + scene.offsetMs };
  const scene = { folder, offsetMs: 0 } as { -readonly [K in keyof Scene]: Scene[K] };
  scene.scheduler = await testScheduler({ clock });
  scene.aurora = async (...words) => {
    const uri = `http://127.0.0.1:${scene.scheduler.running().httpPort}`;
    writeFileSync(join(folder, 'clusters.json'), JSON.stringify([{ name: 'west', scheduler_uri: uri }]));
    let [stdout, stderr] = ['', ''];
    const code = await main(words, {
      env: { HOME: folder, AURORA_CONFIG_ROOT: folder, TZ: 'UTC' },
      clock,
      signal: new AbortController().signal,
      print: (text) => {
        stdout += text;
      },
      complain: (text) => {
        stderr += text;
      },
      openPage: () => {},
      terminal: () => undefined,
      stdio: [0, 1, 2],
    });
    return { code, stdout, stderr };
  };
  try {
    await run(scene);
  } finally {
    await scene.scheduler.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const inScene = (name: string, run: (scene: Scene) => Promise<void>) =>
  test(name, () => withScene(run), LIMIT_MS);

const onlyBackup = (scheduler: TestScheduler): string =>
  readdirSync(join(scheduler.directory, 'data', 'backups'))[0] as string;

inScene('the original sequence brings an edited backup back', async ({ aurora, scheduler }) => {
  await scheduler.call('createJob', { description: wireJob({ instanceCount: 2 }) });
  assert.equal(await aurora('admin', 'scheduler_backup_now', 'west'), {
    code: 0,
    stdout: '',
    stderr: ' INFO] Response from scheduler: OK (message: )\n',
  });
  const id = onlyBackup(scheduler);
  const listed = await aurora('admin', 'scheduler_list_backups', '-q', 'west');
  assert.equal(listed, { code: 0, stdout: `1 available backups:\n${id}\n`, stderr: '' });
  assert.is((await aurora('admin', 'scheduler_stage_recovery', 'west', id)).code, 0);
  const printed = await aurora('admin', 'scheduler_print_recovery_tasks', 'west');
  const rows = printed.stderr.split('\n').filter((line) => line.includes('\tPENDING\t'));
  assert.is(rows.length, 2);
  const taskId = rows[0]?.split('\t').at(-1) as string;
  assert.is((await aurora('admin', 'scheduler_delete_recovery_tasks', 'west', taskId)).code, 0);
  assert.is((await aurora('admin', 'scheduler_commit_recovery', 'west')).code, 0);
  await scheduler.running().finished;
  await scheduler.restart();
  assert.is((await scheduler.tasks()).length, 1);
});

inScene('what the scheduler refuses is told in the original line, with exit code 1', async ({ aurora }) => {
  const { code, stderr } = await aurora('admin', 'scheduler_commit_recovery', 'west');
  assert.is(code, 1);
  assert.is(stderr, ' INFO] Response from scheduler: ERROR (message: No backup loaded.)\n');
  assert.is((await aurora('admin', 'scheduler_unload_recovery', 'west')).code, 0);
  assert.is((await aurora('admin', 'scheduler_snapshot', 'west')).code, 0);
  assert.is((await aurora('admin', 'scheduler_snapshot', 'south')).code, 1);
});

inScene('one job comes back out of a backup', async ({ aurora, scheduler }) => {
  await scheduler.call('createJob', { description: wireJob({ instanceCount: 3 }) });
  await scheduler.call('performBackup', {});
  await scheduler.call('killTasks', { job: JOB, instances: [1] });
  const key = 'west/web/prod/hello';
  const restored = await aurora('admin', 'restore_job', key, '--from', onlyBackup(scheduler));
  assert.is(restored.code, 0);
  assert.is(
    restored.stdout,
    'Restored 1 instance of web/prod/hello: 1; 2 instances of the backup are active already.\n',
  );
  assert.is((await scheduler.tasks('PENDING')).length, 3);
  const missing = await aurora('admin', 'restore_job', 'west/web/prod/nope', '--from', onlyBackup(scheduler));
  assert.is(missing.code, 1);
  assert.match(missing.stderr, /INVALID_REQUEST \(message: The backup has neither active tasks nor/);
});

inScene('the past is shown: several jobs as a table, one in full, all of it as JSON', async (scene) => {
  const { aurora, scheduler } = scene;
  await scheduler.call('createJob', { description: wireJob({ instanceCount: 2 }) });
  scene.offsetMs += 2 * HOUR_MS;
  await scheduler.call('killTasks', { job: JOB });

  const table = await aurora('admin', 'state', 'west', '--at', '-1h');
  assert.is(table.code, 0);
  assert.is(table.stdout, 'JOB                  ACTIVE     ENDED\nwest/web/prod/hello  2 PENDING  -\n');
  assert.is((await aurora('admin', 'state', 'west/web/*/h*', '--at=1h')).stdout, table.stdout);
  const job = await aurora('admin', 'state', 'west/web/prod/hello', '--at', '-1h');
  assert.match(job.stdout, /^Active tasks \(2\):\n\tTask role: web, env: prod, name: hello, instance: 0/);
  const json = JSON.parse((await aurora('admin', 'state', 'west', '--at', '-1h', '--write-json')).stdout);
  assert.is(json[0].job, 'west/web/prod/hello');
  assert.is(json[0].active.length, 2);
  const now = await aurora('admin', 'state', 'west/web', '--at', '-0s');
  assert.equal([now.code, now.stdout], [0, '']);
  assert.match(now.stderr, /No tasks of west\/web\/\*\/\* at \d{4}-/);
  const odd = await aurora('admin', 'state', 'west', '--at', 'tuesday');
  assert.is(odd.code, 2);
  assert.match(odd.stderr, /"tuesday" is no moment/);
});

inScene('a backup is recovered into an empty data directory, and nowhere else', async (scene) => {
  const { aurora, folder, scheduler } = scene;
  scheduler.mesos.subscribe('framework-9');
  await scheduler.call('createJob', { description: wireJob({ instanceCount: 3 }) });
  await scheduler.call('performBackup', {});
  const backups = join(scheduler.directory, 'data', 'backups');
  const file = join(backups, onlyBackup(scheduler));
  const into = (target: string, from = file) =>
    aurora('scheduler', 'recover', '--from', from, '--data-dir', target);

  const busy = await into(join(scheduler.directory, 'data'));
  assert.not.equal(busy.code, 0);
  assert.match(busy.stderr, /data/);
  const target = join(folder, 'recovered');
  const done = await into(target);
  assert.is(done.code, 0, done.stderr);
  assert.match(done.stdout, /^Restored .*scheduler-backup-.*, taken \d{4}-.*Z, into .*recovered:$/m);
  assert.match(done.stdout, /^ {2}3 tasks of 1 job, 3 of them active$/m);
  assert.match(done.stdout, /^ {2}framework framework-9$/m);
  assert.match(done.stdout, /--unknown-tasks kill/);
  const checked = await aurora('scheduler', 'recover', '--check', '--from', file);
  assert.is(checked.code, 0, checked.stderr);
  assert.match(checked.stdout, /^ {2}3 tasks of 1 job, 3 of them active$/m);
  assert.match(checked.stdout, /^Nothing in it would be left out\. Nothing was written\.$/m);
  const newer = join(folder, 'newer');
  // A Snapshot of a later version: an i32 as field 77 before the others.
  writeFileSync(newer, Buffer.concat([Buffer.from([8, 0, 77, 0, 0, 0, 1]), readFileSync(file)]));
  const lossy = await aurora('scheduler', 'recover', '--from', newer, '--check');
  assert.is(lossy.code, 3, lossy.stderr);
  assert.match(lossy.stdout, /would leave out:\n {2}Snapshot\.field 77\nNothing was written\.$/m);
  const again = await into(target);
  assert.is(again.code, 1);
  assert.match(
    again.stderr,
    /the target holds a state already \(.*recovered\); a backup is recovered into an empty/,
  );

  const zipped = join(folder, 'backup.gz');
  writeFileSync(zipped, gzipSync(readFileSync(file)));
  assert.is((await into(join(folder, 'zipped'), zipped)).code, 0);
  const unread = await into(join(folder, 'other'), join(folder, 'clusters.json'));
  assert.is(unread.code, 1);
  assert.match(unread.stderr, /the backup cannot be read: .*clusters\.json/);
  assert.is((await into(join(folder, 'other'))).code, 0, 'the refusal left the target empty');
  const unnamed = await aurora('scheduler', 'recover', '--data-dir', target);
  assert.is(unnamed.code, 2);
  assert.match(unnamed.stderr, /write --from FILE/);

  const second = await testScheduler({ dataDir: target });
  try {
    assert.is((await second.tasks()).length, 3);
    assert.is(second.mesos.options().frameworkInfo.id?.value, 'framework-9');
    second.mesos.subscribe('framework-9');
    second.mesos.update('younger', 'TASK_RUNNING');
    await second.mesos.next('ACKNOWLEDGE');
    assert.is(second.mesos.heard('KILL'), 0);
  } finally {
    await second.stop();
  }
});

inScene(
  'files of running jobs are written, and held against what runs',
  async ({ aurora, folder, scheduler }) => {
    const source = join(folder, 'shop.aurora.ts');
    writeFileSync(
      source,
      `import { Service, SimpleTask, UpdateConfig } from 'aurora';
const job = Service({ cluster: 'west', role: 'web', environment: 'prod', name: 'shop', instances: 2,
  task: SimpleTask('shop', 'echo {{mesos.instance}}'), updateConfig: UpdateConfig({ batchSize: 2 }) });
export default [job, job.with({ environment: 'test', instances: 1, priority: 3 })];
`,
    );
    for (const key of ['west/web/prod/shop', 'west/web/test/shop'])
      assert.is((await aurora('job', 'create', key, source)).code, 0);
    await scheduler.call('createJob', { description: wireJob({ instanceCount: 1 }) });
    const into = join(folder, 'jobs');
    const made = await aurora('init', into, '--from', 'west/web');
    // The last job's executor data is no job.
    assert.is(made.code, 3, made.stderr);
    assert.ok(made.stdout.startsWith(`wrote ${into}/shop.aurora.ts\nagainst what runs:\n`), made.stdout);
    assert.match(made.stdout, /^ {2}web\/prod\/shop: no change$/m);
    assert.match(made.stdout, /^ {2}web\/test\/shop: no change$/m);
    assert.match(made.stdout, /^ {2}web\/prod\/hello: not written, /m);
    const same = await aurora(
      'job',
      'diff',
      'west/web/test/shop',
      join(into, 'shop.aurora.ts'),
      '--exit-code',
    );
    assert.is(same.code, 0, same.stdout);
    const again = await aurora('init', into, '--from', 'west/web');
    assert.is(again.code, 4);
    assert.match(again.stderr, /has shop\.aurora\.ts already/);
    const nobody = await aurora('init', into, '--from', 'west/nobody');
    assert.is(nobody.code, 4);
    assert.match(nobody.stderr, /role nobody runs no job in west; see which roles do: aurora job list/);
    assert.is((await aurora('init', into, '--from', 'west')).code, 2);
  },
);

test.run();
