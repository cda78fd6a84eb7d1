/** Backups, the way back from them and the past, over HTTP, with a scheduler on a disk and a scripted Mesos. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CallArgs, type CallName, encodeStruct, type Wire } from '../../../src/api/index.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { assert, suite } from '../../harness/index.ts';
import { JOB, taskConfig, wireConfig, wireJob } from '../builders.ts';
import { type TestScheduler, testScheduler } from '../running.ts';
import { sampleTask } from '../storage/sample.ts';

const test = suite('recovery calls');

const LIMIT_MS = 20_000;
const HOUR_MS = 3_600_000;
const OTHER = { ...JOB, name: 'other' };
const other = (instanceCount = 1) =>
  wireJob({ key: OTHER, instanceCount, taskConfig: wireConfig({ job: OTHER }) });

interface Scene extends TestScheduler {
  /** Makes the call and answers code and details. */
  said<M extends CallName>(method: M, args: CallArgs<M>): Promise<readonly [string | undefined, string]>;
  /** The call must be OK; its result. */
  done<M extends CallName>(method: M, args: CallArgs<M>): Promise<Wire<'Result'>>;
  /** Takes a backup; its id. */
  backup(): Promise<string>;
  /** Flags from the next start on. */
  readonly flags: string[];
  /** Added to the wall clock. */
  offsetMs: number;
}

async function scene(): Promise<Scene> {
  const flags: string[] = [];
  const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + made.offsetMs };
  const made = { offsetMs: 0, flags } as Scene;
  const scheduler = await testScheduler({ clock }, flags);
  return Object.assign(made, scheduler, {
    async said(method: CallName, args: CallArgs<CallName>) {
      const { responseCode, details = [] } = await scheduler.call(method, args);
      return [responseCode, details.map(({ message }) => message).join()] as const;
    },
    async done(method: CallName, args: CallArgs<CallName>) {
      const response = await scheduler.call(method, args);
      assert.is(response.responseCode, 'OK', JSON.stringify(response.details));
      return response.result ?? {};
    },
    async backup() {
      // A name has a minute; another backup gets another one.
      made.offsetMs += 60_000;
      await made.done('performBackup', {});
      const { listBackupsResult } = await made.done('listBackups', {});
      return [...(listBackupsResult?.backups ?? [])].sort().at(-1) as string;
    },
  });
}

function withScene(name: string, run: (scene: Scene) => Promise<void>) {
  test(
    name,
    async () => {
      const made = await scene();
      try {
        await run(made);
      } finally {
        await made.stop();
      }
    },
    LIMIT_MS,
  );
}

const instances = (tasks: readonly Wire<'ScheduledTask'>[]) =>
  tasks.map(({ assignedTask }) => assignedTask?.instanceId).sort();

withScene('a backup is staged, looked at, edited and committed; the next start has it', async (scene) => {
  const { mesos, said, done } = scene;
  mesos.subscribe('framework-1');
  await done('createJob', { description: wireJob({ instanceCount: 3 }) });
  const id = await scene.backup();
  assert.match(id, /^scheduler-backup-\d{4}-\d\d-\d\d-\d\d-\d\d$/);
  await done('createJob', { description: other() });

  await done('stageRecovery', { backupId: id });
  assert.equal(await said('stageRecovery', { backupId: id }), ['ERROR', 'Another backup is already loaded.']);
  const staged = async () =>
    (await done('queryRecovery', { query: { statuses: ['PENDING'] } })).queryRecoveryResult?.tasks ?? [];
  assert.equal(instances(await staged()), [0, 1, 2]);
  const [first] = await staged();
  await done('deleteRecoveryTasks', { query: { taskIds: [first?.assignedTask?.taskId as string] } });
  const left = await staged();
  assert.is(left.length, 2);
  assert.is((await scene.tasks()).length, 4, 'the own state is untouched');

  await done('commitRecovery', {});
  const { failed, reason } = await scene.running().finished;
  assert.is(failed, true);
  assert.is(reason, `the state was replaced by backup ${id}; start the scheduler again to go on with it`);
  await scene.restart();
  assert.equal(instances(await scene.tasks()), instances(left));
  assert.is(mesos.options().frameworkInfo.id?.value, 'framework-1');
});

withScene('without a staged backup there is nothing to look at, edit or commit', async ({ said }) => {
  const nothing = ['ERROR', 'No backup loaded.'];
  assert.equal(await said('queryRecovery', { query: {} }), nothing);
  assert.equal(await said('deleteRecoveryTasks', { query: {} }), nothing);
  assert.equal(await said('commitRecovery', {}), nothing);
  assert.equal(await said('unloadRecovery', {}), ['OK', '']);
});

withScene('what is unloaded is gone, and another one can be staged', async (scene) => {
  const id = await scene.backup();
  await scene.done('stageRecovery', { backupId: id });
  await scene.done('unloadRecovery', {});
  assert.equal(await scene.said('queryRecovery', { query: {} }), ['ERROR', 'No backup loaded.']);
  await scene.done('stageRecovery', { backupId: id });
});

withScene('only whole backups of the directory are staged', async (scene) => {
  const { said, directory } = scene;
  const backups = join(directory, 'data', 'backups');
  const [code, text] = await said('stageRecovery', { backupId: 'nope' });
  assert.equal([code, text], ['ERROR', `Backup ${join(backups, 'nope')} does not exist.`]);
  for (const id of ['../log-identity', '/etc/passwd', '..', ''])
    assert.match((await said('stageRecovery', { backupId: id })).join(), /^ERROR,.*id of a backup/);
  mkdirSync(backups, { recursive: true });
  writeFileSync(join(backups, 'scheduler-backup-torn'), Buffer.from([10, 0, 1, 0]));
  assert.match((await said('stageRecovery', { backupId: 'scheduler-backup-torn' })).join(), /cannot be read/);
  assert.equal(await said('queryRecovery', { query: {} }), ['ERROR', 'No backup loaded.']);
});

withScene('a backup that cannot be written is an error, and the scheduler goes on', async (scene) => {
  writeFileSync(join(scene.directory, 'data', 'backups'), 'a file where the directory should be');
  assert.match((await scene.said('performBackup', {})).join(), /^ERROR,no backup could be written/);
  await scene.done('createJob', { description: wireJob() });
  assert.is((await scene.vars()).scheduler_backup_failed, 1);
});

withScene('a backup of the original is taken in as well', async (scene) => {
  const backups = join(scene.directory, 'data', 'backups');
  mkdirSync(backups, { recursive: true });
  const tasks = [sampleTask('old-task', 0, 'RUNNING', taskConfig())];
  const bytes = encodeStruct('storage.Snapshot', { timestamp: 5, tasks });
  writeFileSync(join(backups, 'scheduler-backup-2020-01-01-00-00'), bytes);
  await scene.done('stageRecovery', { backupId: 'scheduler-backup-2020-01-01-00-00' });
  await scene.done('commitRecovery', {});
  await scene.running().finished;
  await scene.restart();
  assert.equal(
    (await scene.tasks()).map(({ assignedTask }) => assignedTask.taskId),
    ['old-task'],
  );
});

withScene(
  'a restored scheduler keeps running tasks that it does not know, until it is told',
  async (scene) => {
    const { mesos } = scene;
    mesos.subscribe();
    await scene.done('createJob', { description: wireJob() });
    await scene.done('stageRecovery', { backupId: await scene.backup() });
    await scene.done('commitRecovery', {});
    await scene.running().finished;

    const runs = async () => {
      mesos.subscribe();
      mesos.update('younger-than-the-backup', 'TASK_RUNNING');
      await mesos.next('ACKNOWLEDGE');
    };
    const page = async () => {
      const response = await fetch(`http://127.0.0.1:${scene.running().httpPort}/unknowntasks`);
      return (await response.json()) as { taskId: string; agentId: string; state: string }[];
    };
    await scene.restart();
    await runs();
    assert.is(mesos.heard('KILL'), 0);
    assert.equal(
      (await page()).map(({ taskId, agentId, state }) => [taskId, agentId, state]),
      [['younger-than-the-backup', 'a', 'TASK_RUNNING']],
    );
    assert.is((await scene.vars()).unknown_tasks_kept, 1);
    const reconciled = await mesos.next('RECONCILE');
    assert.equal(reconciled.reconcile?.tasks ?? [], [], 'all that Mesos knows is asked for');

    await scene.restart();
    await runs();
    assert.is(mesos.heard('KILL'), 0, 'the state remembers');

    scene.flags.push('-unknown_tasks=kill');
    await scene.restart();
    await runs();
    assert.is((await mesos.next('KILL')).kill?.task_id.value, 'younger-than-the-backup');
    assert.equal(await page(), []);

    scene.flags.pop();
    await scene.restart();
    await runs();
    assert.is((await mesos.next('KILL')).kill?.task_id.value, 'younger-than-the-backup', 'for good');
  },
);

withScene(
  'without a restored state unknown running tasks are killed, unless a flag says otherwise',
  async (scene) => {
    const { mesos } = scene;
    mesos.subscribe();
    mesos.update('unknown', 'TASK_RUNNING');
    assert.is((await mesos.next('KILL')).kill?.task_id.value, 'unknown');
    scene.flags.push('-unknown_tasks=keep');
    await scene.restart();
    mesos.subscribe();
    mesos.update('unknown', 'TASK_RUNNING');
    await mesos.next('ACKNOWLEDGE');
    assert.is((await scene.vars()).unknown_tasks_kept, 1);
    assert.is(mesos.waiting('KILL'), 0);
  },
);

withScene('one job is restored while the others run on', async (scene) => {
  const { call, done, said } = scene;
  await done('createJob', { description: wireJob({ instanceCount: 3 }) });
  await done('addInstances', { key: { jobKey: JOB, instanceId: 0 }, count: 1 });
  await done('createJob', { description: other(2) });
  const id = await scene.backup();
  await done('killTasks', { job: JOB, instances: [0, 2, 3] });
  await done('killTasks', { job: OTHER });
  const before = await scene.tasks('PENDING');
  assert.equal(instances(before), [1]);

  const answer = await said('restoreJob', { backupId: id, job: JOB });
  assert.equal(answer, [
    'OK',
    'Restored 3 instances of web/prod/hello: 0, 2-3; 1 instance of the backup is active already.',
  ]);
  const after = await scene.tasks('PENDING');
  assert.equal(instances(after), [0, 1, 2, 3]);
  assert.equal(
    after.map(({ assignedTask }) => assignedTask.task.job.name),
    ['hello', 'hello', 'hello', 'hello'],
  );
  assert.ok(after.some(({ assignedTask }) => assignedTask.taskId === before[0]?.assignedTask.taskId));
  assert.equal(await said('restoreJob', { backupId: id, job: JOB }), [
    'OK',
    'All 4 instances of web/prod/hello in the backup are active.',
  ]);
  const unknown = { ...JOB, name: 'never-was' };
  assert.equal(await said('restoreJob', { backupId: id, job: unknown }), [
    'INVALID_REQUEST',
    'The backup has neither active tasks nor a cron template of web/prod/never-was.',
  ]);
  assert.is((await call('restoreJob', { backupId: 'nope', job: JOB })).responseCode, 'ERROR');
});

withScene('a job that no longer fits its quota is not restored, not even in part', async (scene) => {
  const { done, said } = scene;
  const quota = (numCpus: number) => ({ resources: [{ numCpus }, { ramMb: 10_000 }, { diskMb: 10_000 }] });
  const preferred = wireConfig({ tier: 'preferred' });
  await done('setQuota', { ownerRole: JOB.role, quota: quota(5) });
  await done('createJob', { description: wireJob({ instanceCount: 5, taskConfig: preferred }) });
  const id = await scene.backup();
  await done('killTasks', { job: JOB });
  await done('setQuota', { ownerRole: JOB.role, quota: quota(3) });
  const [code, text] = await said('restoreJob', { backupId: id, job: JOB });
  assert.is(code, 'INVALID_REQUEST');
  assert.match(text, /^Insufficient resource quota/);
  assert.equal(await scene.tasks('PENDING'), []);
});

withScene(
  "each instance comes back with its own configuration, and a cron job's template alone",
  async (scene) => {
    const backups = join(scene.directory, 'data', 'backups');
    mkdirSync(backups, { recursive: true });
    const config = (priority: number) => taskConfig({ priority });
    const nightly = { ...JOB, name: 'nightly' };
    const cronConfig = taskConfig({ job: nightly, isService: false });
    const bytes = encodeStruct('storage.Snapshot', {
      tasks: [
        sampleTask('a', 0, 'RUNNING', config(1)),
        sampleTask('b', 1, 'RUNNING', config(2)),
        sampleTask('c', 2, 'FINISHED', config(3)),
        sampleTask('d', 0, 'RUNNING', cronConfig),
      ],
      cronJobs: [
        {
          jobConfiguration: {
            key: nightly,
            owner: { user: 'alice' },
            cronSchedule: '0 3 * * *',
            taskConfig: cronConfig,
            instanceCount: 1,
          },
        },
      ],
    });
    writeFileSync(join(backups, 'by-hand'), bytes);
    await scene.done('restoreJob', { backupId: 'by-hand', job: JOB });
    const priorities = (await scene.tasks()).map(({ assignedTask }) => assignedTask.task.priority);
    assert.equal(priorities.sort(), [1, 2]);
    assert.equal(await scene.said('restoreJob', { backupId: 'by-hand', job: nightly }), [
      'OK',
      'Restored the cron template of web/prod/nightly.',
    ]);
    assert.is((await scene.tasks()).length, 2);
    const cron = await fetch(`http://127.0.0.1:${scene.running().httpPort}/cron`);
    assert.equal(await cron.json(), { scheduled: { 'web/prod/nightly': '0 3 * * *' } });
    assert.equal(await scene.said('restoreJob', { backupId: 'by-hand', job: nightly }), [
      'OK',
      'The cron job web/prod/nightly is scheduled already.',
    ]);
  },
);

withScene(
  'the tasks of a moment are shown as they were; what is too old says how far back it goes',
  async (scene) => {
    const { done, said } = scene;
    await done('createJob', { description: wireJob({ instanceCount: 2 }) });
    const atMs = systemClock.nowMs();
    scene.offsetMs += HOUR_MS;
    await done('killTasks', { job: JOB });
    const tasksAt = async (timestampMs: number, query: Wire<'TaskQuery'> = {}) =>
      (await done('getTasksAt', { timestampMs, query })).scheduleStatusResult?.tasks ?? [];
    assert.equal(await scene.tasks(), []);
    const then = await tasksAt(atMs + HOUR_MS / 2);
    assert.equal(instances(then), [0, 1]);
    assert.is(then[0]?.status, 'PENDING');
    assert.equal(instances(await tasksAt(atMs + HOUR_MS / 2, { instanceIds: [1] })), [1]);
    assert.equal(instances(await tasksAt(atMs + HOUR_MS / 2, { limit: 1 })).length, 1);
    assert.equal(await tasksAt(atMs + 2 * HOUR_MS), []);
    for (let at = 0; at < 12; at++) {
      scene.offsetMs += HOUR_MS;
      await done('createJob', { description: wireJob() });
      await done('snapshot', {});
      await done('killTasks', { job: JOB });
    }
    const [code, text] = await said('getTasksAt', { timestampMs: atMs, query: {} });
    assert.is(code, 'INVALID_REQUEST');
    assert.match(text, /no longer in the log.*the oldest moment that can be read is \d{4}-/);
    assert.match((await said('getTasksAt', { query: {} } as never)).join(), /a moment is needed/);
  },
);

withScene('the schedule works on the directory of the flag', async (scene) => {
  scene.flags.push(`-backup_dir=${join(scene.directory, 'elsewhere')}`, '-max_saved_backups=1');
  await scene.restart();
  await scene.backup();
  const id = await scene.backup();
  assert.equal(readdirSync(join(scene.directory, 'elsewhere')), [id]);
});

test.run();
