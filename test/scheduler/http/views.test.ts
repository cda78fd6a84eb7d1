import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AgentReply,
  type AgentsReply,
  type MaintenanceReply,
  MOST_CELLS,
} from '../../../src/api/views/agents.ts';
import type { RolesReply } from '../../../src/api/views/cluster.ts';
import type { JobReply } from '../../../src/api/views/job.ts';
import type { JobsReply } from '../../../src/api/views/jobs.ts';
import type { PendingReply } from '../../../src/api/views/pending.ts';
import type { SearchReply } from '../../../src/api/views/search.ts';
import type { Viewed, ViewProblem, WithToolLinks } from '../../../src/api/views/shared.ts';
import type { InstanceReply, TaskReply } from '../../../src/api/views/tasks.ts';
import type { UpdateReply, UpdatesReply } from '../../../src/api/views/updates.ts';
import { assert, suite } from '../../harness/index.ts';
import { JOB, mesosOffer, text, wireConfig, wireJob } from '../builders.ts';
import { until } from '../leader/candidates.ts';
import { type TestScheduler, testScheduler } from '../running.ts';

const test = suite('views of the page');

interface Site extends TestScheduler {
  fetch(path: string, headers?: Record<string, string>): Promise<Response>;
  view<T>(path: string): Promise<T>;
}

function withSite(name: string, body: (site: Site) => Promise<void>, ...flags: string[]) {
  test(name, async () => {
    const scheduler = await testScheduler({}, flags);
    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${scheduler.running().httpPort}${path}`, { headers, redirect: 'manual' });
    try {
      await body({
        ...scheduler,
        fetch: get,
        async view<T>(path: string) {
          const response = await get(`/api/view/${path}`);
          assert.is(response.status, 200, path);
          return (await response.json()) as T;
        },
      });
    } finally {
      await scheduler.stop();
    }
  });
}

const KEY = 'web/prod/hello';

/** Two instances of which the first runs on agent a; the second waits, because the offer is used up. */
async function oneRunsOneWaits({ call, mesos, tasks }: Site): Promise<string> {
  const resources = [{ numCpus: 6 }, { ramMb: 128 }, { diskMb: 64 }];
  mesos.subscribe();
  mesos.offer(mesosOffer('a', { attributes: [text('host', 'host-a'), text('rack', 'r1')] }));
  const made = await call('createJob', {
    description: wireJob({ instanceCount: 2, taskConfig: wireConfig({ resources }) }),
  });
  assert.is(made.responseCode, 'OK');
  await mesos.next('ACCEPT');
  const [task] = await tasks('ASSIGNED');
  const taskId = task?.assignedTask.taskId ?? '';
  mesos.update(taskId, 'TASK_RUNNING');
  await mesos.next('ACKNOWLEDGE');
  return taskId;
}

const linksFile = join(mkdtempSync(join(tmpdir(), 'aurora-links-')), 'links.json');
writeFileSync(
  linksFile,
  JSON.stringify([
    { name: 'Graphs', url: 'https://graphs.example.com/d/jobs?var-job={role}/{env}/{job}&c={cluster}' },
    { name: 'Machine', url: 'http://{host}:9100/metrics' },
    { name: 'Logs', url: 'https://logs.example.com/{job}/{instance}?task={task}' },
    { name: 'Team', url: 'https://teams.example.com/{role}', on: 'role' },
  ]),
);

withSite(
  'links to the operator’s tools are told where what they name is known',
  async (site) => {
    const taskId = await oneRunsOneWaits(site);
    const links = async (path: string) => {
      const { toolLinks = [] } = await site.view<WithToolLinks>(path);
      return toolLinks.map(({ href, name }) => `${name} ${href}`);
    };
    const graphs = 'Graphs https://graphs.example.com/d/jobs?var-job=web/prod/hello&c=local';
    const machine = 'Machine http://host-a:9100/metrics';
    const logs = `Logs https://logs.example.com/hello/0?task=${taskId}`;
    assert.equal(await links('jobs?role=web'), ['Team https://teams.example.com/web']);
    assert.equal(await links(`job?job=${KEY}`), [graphs]);
    assert.equal(await links(`instance?job=${KEY}&instance=0`), [graphs, machine, logs]);
    assert.equal(await links(`task?id=${taskId}`), [graphs, machine, logs]);
    // It waits, so there is no host yet.
    const [waiting] = await links(`instance?job=${KEY}&instance=1`);
    assert.is(waiting, graphs);
    assert.equal(await links('agent?host=host-a'), [machine]);
    assert.equal(await links('roles'), []);
  },
  `-page_links=${linksFile}`,
);

withSite(
  'a page that only shows says so in every view; clients change what they like',
  async (site) => {
    await oneRunsOneWaits(site);
    for (const path of ['session', 'roles', `job?job=${KEY}`]) {
      const { can } = await site.view<Viewed>(path);
      for (const [call, allowed] of Object.entries(can))
        assert.match(String(allowed), '-page_read_only', call);
    }
    assert.is((await site.call('killTasks', { job: JOB, instances: [0, 1] })).responseCode, 'OK');
  },
  '-page_read_only=true',
);

withSite('an empty cluster has views that say so', async ({ view, mesos }) => {
  mesos.subscribe();
  const { can: _can, cluster, ...list } = await view<RolesReply & Viewed>('roles');
  assert.equal(list, { rows: [], total: 0 });
  assert.equal(cluster.tasks, {});
  assert.equal(cluster.agents, { known: 0, scheduled: 0, draining: 0, drained: 0 });
  for (const name of ['updates', 'pending', 'agents', 'cron', 'quota'])
    assert.equal((await view<{ rows: unknown[]; total: number }>(name)).rows, [], name);
  assert.equal((await view<MaintenanceReply>('maintenance')).hosts, []);
});

withSite('a job is seen in the cluster, in its role, by itself and by its instances', async (site) => {
  const taskId = await oneRunsOneWaits(site);
  const { view } = site;
  const roles = await view<RolesReply>('roles');
  assert.equal(roles.rows, [
    { role: 'web', jobs: 1, crons: 0, running: 1, pending: 1, updating: 0, failing: 0 },
  ]);
  assert.equal(roles.cluster.tasks, { RUNNING: 1, PENDING: 1 });
  const jobs = await view<JobsReply>('jobs?role=web');
  assert.is(jobs.total, 1);
  assert.equal(jobs.environments, ['prod']);
  const { changedMs: _, oldestPendingMs, ...row } = jobs.rows[0]!;
  assert.type(oldestPendingMs, 'number');
  assert.equal(row, {
    environment: 'prod',
    name: 'hello',
    kind: 'service',
    tier: 'preemptible',
    production: false,
    counts: { RUNNING: 1, PENDING: 1 },
    failed: 0,
    finished: 0,
    instances: 2,
  });
  const job = await view<JobReply>(`job?job=${KEY}`);
  assert.equal(job.instances.id, [0, 1]);
  const states = job.instances.state.map((at) => job.instances.states[at]).sort();
  assert.equal(states, ['PENDING', 'RUNNING']);
  assert.equal(
    job.configs.map(({ count, instances }) => [instances, count]),
    [['0-1', 2]],
  );
  assert.equal(job.configs[0]?.config.executorConfig, { name: 'AuroraExecutor', data: { task: {} } });
  assert.is(job.waits[0]?.count, 1);
  assert.is(job.waits[0]?.funnel.known, 1);
  const { task } = await view<TaskReply>(`task?id=${taskId}&job=${KEY}`);
  assert.is(task.status, 'RUNNING');
  assert.is(task.host, 'host-a');
  assert.equal(
    task.events.map(({ status }) => status),
    ['PENDING', 'ASSIGNED', 'RUNNING'],
  );
  const instance = await view<InstanceReply>(`instance?job=${KEY}&instance=${task.instance}`);
  assert.is(instance.task?.taskId, taskId);
  assert.equal(instance.history, []);
  const pending = await view<PendingReply>('pending');
  assert.is(pending.tasks, 1);
  assert.is(pending.rows[0]?.job, KEY);
  const agents = await view<AgentsReply>('agents');
  assert.equal(
    agents.rows.map(({ host, mode, rack, tasks, used }) => [host, mode, rack, tasks, used.cpus]),
    [['host-a', 'NONE', 'r1', 1, 6]],
  );
  const agent = await view<AgentReply>('agent?host=host-a');
  assert.equal(agent.row.free, agents.rows[0]?.free);
  assert.equal(
    agent.tasks.map((one) => one.taskId),
    [taskId],
  );
});

withSite(
  'what is kept between requests follows tasks, templates of cron jobs and modes of hosts',
  async (site) => {
    const taskId = await oneRunsOneWaits(site);
    const { call, mesos, view } = site;
    const load = async () => {
      const { rows } = await view<AgentsReply>('agents');
      return rows.map(({ mode, tasks, used }) => [mode, tasks, used.cpus]);
    };
    assert.equal(await load(), [['NONE', 1, 6]]);
    const key = { ...JOB, name: 'nightly' };
    const cronJob = (instanceCount: number) =>
      call('scheduleCronJob', {
        description: wireJob({
          key,
          instanceCount,
          cronSchedule: '15 3 * * *',
          taskConfig: wireConfig({ job: key, isService: false }),
        }),
      });
    const rows = async () =>
      (await view<JobsReply>('jobs?role=web')).rows.map(({ instances, kind, name }) => [
        name,
        kind,
        instances,
      ]);
    assert.equal(await rows(), [['hello', 'service', 2]]);
    await cronJob(1);
    assert.equal(await rows(), [
      ['hello', 'service', 2],
      ['nightly', 'cron', 1],
    ]);
    await cronJob(3);
    assert.equal(await rows(), [
      ['hello', 'service', 2],
      ['nightly', 'cron', 3],
    ]);
    await call('descheduleCronJob', { job: key });
    assert.equal(await rows(), [['hello', 'service', 2]]);
    await call('startMaintenance', { hosts: { hostNames: ['host-a'] } });
    mesos.update(taskId, 'TASK_FAILED', { message: 'exit 1' });
    await mesos.next('ACKNOWLEDGE');
    assert.equal(await load(), [['SCHEDULED', 0, 0]]);
    assert.is((await view<RolesReply>('roles')).rows[0]?.failing, 1);
  },
);

withSite(
  'of more agents than can be drawn a rack tells numbers, unless it is asked for',
  async ({ mesos, view }) => {
    mesos.subscribe();
    const offer = (at: number) =>
      mesosOffer(`a${at}`, {
        hostname: `host-${at}`,
        attributes: [text('host', `host-${at}`), text('rack', at < 10 ? 'small' : 'large')],
      });
    mesos.offer(...Array.from({ length: MOST_CELLS + 10 }, (_, at) => offer(at)));
    await until(async () => (await view<AgentsReply>('agents')).total === MOST_CELLS + 10);
    const racks = async (query: string) =>
      (await view<AgentsReply>(`agents?${query}`)).racks.map(({ agents, hosts, rack }) => [
        rack,
        agents,
        hosts?.length,
      ]);
    assert.equal(await racks(''), [
      ['large', MOST_CELLS, undefined],
      ['small', 10, undefined],
    ]);
    assert.equal(await racks('rack=small'), [
      ['large', MOST_CELLS, undefined],
      ['small', 10, 10],
    ]);
    assert.equal(await racks('cells=all&size=1'), [
      ['large', MOST_CELLS, MOST_CELLS],
      ['small', 10, 10],
    ]);
  },
);

withSite(
  'a failed task is told of: in its row, in the cluster, in the history of its instance',
  async (site) => {
    const taskId = await oneRunsOneWaits(site);
    site.mesos.update(taskId, 'TASK_FAILED', { message: 'exit 1' });
    await site.mesos.next('ACKNOWLEDGE');
    const { cluster } = await site.view<RolesReply>('roles');
    assert.equal(
      cluster.failing.map(({ job, message, status }) => [job, status, message]),
      [[KEY, 'FAILED', 'exit 1']],
    );
    const { ended } = await site.view<JobReply>(`job?job=${KEY}`);
    assert.equal(
      ended.rows.map((one) => [one.taskId, one.status, one.message, one.ranMs !== undefined]),
      [[taskId, 'FAILED', 'exit 1', true]],
    );
    const { rows } = await site.view<JobsReply>('jobs?role=web');
    assert.is(rows[0]?.failed, 1);
  },
);

withSite('lists are filtered, sorted and cut by the scheduler', async ({ call, view, fetch: get, mesos }) => {
  mesos.subscribe();
  for (const name of ['b', 'c', 'a', 'other']) {
    const job = { ...JOB, name };
    await call('createJob', { description: wireJob({ key: job, taskConfig: wireConfig({ job }) }) });
  }
  const names = async (query: string) =>
    (await view<JobsReply>(`jobs?role=web&${query}`)).rows.map(({ name }) => name);
  assert.equal(await names(''), ['a', 'b', 'c', 'other']);
  assert.equal(await names('sort=name&dir=desc&size=2'), ['other', 'c']);
  assert.equal(await names('size=2&cursor=2'), ['c', 'other']);
  assert.equal(await names('q=OTH'), ['other']);
  assert.equal(await names('kind=cron'), []);
  const part = await view<JobsReply>('jobs?role=web&size=3');
  assert.equal([part.total, part.cursor], [4, '3']);
  assert.is((await view<JobsReply>('jobs?role=web&size=9999')).cursor, undefined);
  const bad = await get('/api/view/jobs?role=web&sort=colour');
  assert.is(bad.status, 400);
  assert.match(((await bad.json()) as ViewProblem).problem, /^sort is one of/);
});

withSite('a reply that has not changed is not sent again', async (site) => {
  const { fetch: get, mesos, call } = site;
  mesos.subscribe();
  await call('createJob', { description: wireJob() });
  const first = await get(`/api/view/job?job=${KEY}`);
  const tag = first.headers.get('ETag') ?? '';
  assert.match(first.headers.get('Aurora-Position') ?? '', /^\w+\.\d+$/);
  const same = await get(`/api/view/job?job=${KEY}`, { 'If-None-Match': tag });
  assert.is(same.status, 304);
  assert.is(await same.text(), '');
  await call('killTasks', { job: JOB, instances: [], message: 'enough' });
  const other = await get(`/api/view/job?job=${KEY}`, { 'If-None-Match': tag });
  assert.is(other.status, 404, 'the job is gone: its pending task left nothing behind');
});

withSite('what is not there is a 404 that offers what is near', async ({ call, fetch: get, mesos }) => {
  mesos.subscribe();
  await call('createJob', { description: wireJob() });
  const problem = async (path: string) => {
    const response = await get(`/api/view/${path}`);
    assert.is(response.status, 404, path);
    return (await response.json()) as ViewProblem;
  };
  assert.equal((await problem('job?job=web/prod/hell')).near, [KEY]);
  assert.equal((await problem('jobs?role=wep')).near, undefined);
  assert.equal((await problem('jobs?role=webb')).near, ['web']);
  assert.match((await problem('task?id=nobody')).problem, /not known/);
  await problem(`update?job=${KEY}&id=none`);
  await problem('agent?host=nowhere');
  assert.is((await get('/api/view/job?job=web')).status, 400);
  assert.is((await get('/api/view/colours')).status, 404);
});

withSite('an update is seen with its settings, its course and both configurations', async (site) => {
  const { call, view } = site;
  await oneRunsOneWaits(site);
  const started = await call('startJobUpdate', {
    request: {
      taskConfig: wireConfig({ priority: 7 }),
      instanceCount: 2,
      settings: { updateGroupSize: 1, maxFailedInstances: 1, minWaitInInstanceRunningMs: 5_000 },
    },
    message: 'more of it',
  });
  assert.is(started.responseCode, 'OK', JSON.stringify(started.details));
  const id = started.result?.startJobUpdateResult?.key?.id ?? '';
  const { active, rows } = await view<UpdatesReply>('updates');
  assert.equal(
    active.map((row) => [row.job, row.id, row.total, row.message]),
    [[KEY, id, 2, 'more of it']],
  );
  assert.equal(rows, []);
  const update = await view<UpdateReply>(`update?job=${KEY}&id=${id}`);
  assert.equal(update.instances, [0, 1]);
  assert.is(update.settings.strategy, 'queue');
  assert.equal(update.settings.groupSizes, [1]);
  assert.is(update.after?.config.priority, 7);
  assert.is(update.before[0]?.instances, '0-1');
  assert.is((await view<JobReply>(`job?job=${KEY}`)).row.update?.id, id);
  await call('abortJobUpdate', { key: { job: JOB, id }, message: 'no' });
  const over = await view<UpdatesReply>('updates');
  assert.equal([over.active.length, over.rows[0]?.status], [0, 'ABORTED']);
});

withSite('search finds jobs, roles, tasks and hosts, and knows the one thing meant', async (site) => {
  const taskId = await oneRunsOneWaits(site);
  const find = (q: string) => site.view<SearchReply>(`search?q=${encodeURIComponent(q)}`);
  assert.equal((await find('hel')).jobs, [KEY]);
  assert.equal((await find('web')).roles, ['web']);
  assert.equal((await find('host-a')).exact, '/agents/host/host-a');
  assert.equal((await find(KEY)).exact, '/scheduler/web/prod/hello');
  assert.equal((await find(`local/${KEY}`)).exact, '/scheduler/web/prod/hello');
  assert.equal((await find(taskId)).exact, `/scheduler/web/prod/hello/task/${taskId}`);
  assert.equal((await find('nothing-of-the-kind')).jobs, []);
});

withSite('a host in maintenance is shown with what is left on it', async (site) => {
  const taskId = await oneRunsOneWaits(site);
  await site.call('drainHosts', { hosts: { hostNames: ['host-a'] } });
  await site.mesos.next('KILL');
  const { hosts } = await site.view<MaintenanceReply>('maintenance');
  assert.equal(
    hosts.map(({ host, mode, tasks }) => [host, mode, tasks.map((one) => one.taskId)]),
    [['host-a', 'DRAINING', [taskId]]],
  );
});

withSite('changes are told to those whom they concern', async (site) => {
  const { call, fetch: get, mesos } = site;
  mesos.subscribe();
  const before = (await get('/api/view/roles')).headers.get('Aurora-Position') ?? '';
  await call('createJob', { description: wireJob() });
  const words = async (query: string): Promise<string> => {
    const response = await get(`/api/view/events?${query}`);
    assert.is(response.status, 200);
    const reader = response.body!.getReader();
    let seen = '';
    while (!seen.includes('\nevent: ')) seen += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    return /\nevent: (\w+)/.exec(seen)?.[1] ?? '';
  };
  assert.is(await words(`topics=job:${KEY}&after=${before}`), 'change');
  assert.is(await words(`topics=role:web,cron&after=${before}`), 'change');
  assert.is(await words('topics=cluster&after=another.7'), 'resync');
  assert.is((await get('/api/view/events?topics=colours')).status, 400);
});

test.run();
