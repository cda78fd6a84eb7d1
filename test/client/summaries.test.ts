/** Verbs that show what is there: why tasks wait, jobs and roles at a glance, clusters. */
import { assert, suite } from '../harness/index.ts';
import { ok, type Scene, scene } from './updates/running.ts';

const test = suite('what is there');

let here: Scene;
test.beforeEach(() => {
  here = scene();
});
test.afterEach(() => here.close());

const KEY = { role: 'web', environment: 'prod', name: 'api' };
const PENDING = ok({
  scheduleStatusResult: {
    tasks: [2, 3].map((instanceId) => ({
      assignedTask: { taskId: `t${instanceId}`, instanceId, task: { job: KEY } },
      status: 'PENDING',
    })),
  },
});
const ask = (result: object) =>
  here.aurora(
    ['job', 'why', 'west/web/prod/api'],
    [
      ['getTasksWithoutConfigs', PENDING],
      ['getPendingReason', ok({ getPendingReasonResult: result })],
    ],
  );

test('job why shows the funnel of each group of instances', async () => {
  const text = '2 agents known\nram: 2 of 2 agents';
  const { code, stdout } = await ask({ funnels: [{ taskIds: ['t2', 't3'], text }] });
  assert.is(code, 0);
  assert.is(stdout, 'instances [2-3] have no place:\n  2 agents known\n  ram: 2 of 2 agents\n');
});

test("job why shows the original's reasons where there is no funnel", async () => {
  const { stdout } = await ask({ reasons: [{ taskId: 't3', reason: 'Insufficient: ram' }] });
  assert.is(stdout, 'instances [3] have no place:\n  Insufficient: ram\n');
});

const SUMMARY = ok({
  jobSummaryResult: {
    summaries: [
      {
        job: { key: { ...KEY, name: 'nightly' } },
        stats: { finishedTaskCount: 3 },
        nextCronRunMs: 1_800_000_000_000,
      },
      { job: { key: KEY }, stats: { activeTaskCount: 12, pendingTaskCount: 2 } },
    ],
  },
});

test('job summary is a table whose columns stand apart, or JSON', async () => {
  const words = ['job', 'summary', 'west/web'];
  const { stdout } = await here.aurora(words, [['getJobSummary', SUMMARY]]);
  assert.equal(here.calls()[0]?.args, { role: 'web' });
  assert.equal(
    stdout.split('\n').map((line) => line.split(/\s{2,}/)),
    [
      ['JOB', 'ACTIVE', 'PENDING', 'FINISHED', 'FAILED', 'NEXT RUN'],
      ['west/web/prod/api', '12', '2', '0', '0', '-'],
      ['west/web/prod/nightly', '0', '0', '3', '0', '2027-01-15T08:00:00.000Z'],
      [''],
    ],
  );
  const json = await here.aurora([...words, '--json'], [['getJobSummary', SUMMARY]]);
  assert.equal(JSON.parse(json.stdout)[0], {
    job: 'west/web/prod/api',
    active: 12,
    pending: 2,
    finished: 0,
    failed: 0,
  });
});

test('role summary and cluster list', async () => {
  const summaries = [{ role: 'web', jobCount: 3, cronJobCount: 1 }];
  const roles = await here.aurora(
    ['role', 'summary', 'west'],
    [['getRoleSummary', ok({ roleSummaryResult: { summaries } })]],
  );
  assert.is(roles.stdout, 'ROLE  JOBS  CRON JOBS\nweb   3     1\n');
  const clusters = await here.aurora(['cluster', 'list'], []);
  assert.match(clusters.stdout, /^CLUSTER +SCHEDULER\nlocal +http:\/\/127\.0\.0\.1:8081\nwest +http:/);
});

test.run();
