import { assert, suite } from '../../harness/index.ts';
import { JOB, mesosOffer, scalar, text, wireConfig, wireJob } from '../builders.ts';
import { type TestScheduler, testScheduler } from '../running.ts';

const test = suite('scheduler pages');

interface Site extends TestScheduler {
  page(path: string, method?: string): Promise<Response>;
  json(path: string): Promise<unknown>;
}

function withSite(name: string, body: (site: Site) => Promise<void>, ...flags: string[]) {
  test(name, async () => {
    const scheduler = await testScheduler({}, flags);
    const page = (path: string, method = 'GET') =>
      fetch(`http://127.0.0.1:${scheduler.running().httpPort}${path}`, { method, redirect: 'manual' });
    const json = async (path: string) => {
      const response = await page(path);
      assert.is(response.status, 200, path);
      assert.is(response.headers.get('Content-Type'), 'application/json', path);
      return response.json();
    };
    try {
      await body({ ...scheduler, page, json });
    } finally {
      await scheduler.stop();
    }
  });
}

const KEY = 'web/prod/hello';

/** A job whose only instance runs on agent a with a port of that name. */
async function runningTask({ call, mesos, tasks }: Site, portName: string): Promise<string> {
  mesos.subscribe();
  mesos.offer(mesosOffer('a'));
  const resources = [...(wireConfig().resources ?? []), { namedPort: portName }];
  await call('createJob', { description: wireJob({ taskConfig: wireConfig({ resources }) }) });
  await mesos.next('ACCEPT');
  const [task] = await tasks('ASSIGNED');
  const taskId = task?.assignedTask.taskId ?? '';
  mesos.update(taskId, 'TASK_RUNNING');
  await mesos.next('ACKNOWLEDGE');
  return taskId;
}

withSite('quotas, of all roles and of one', async ({ call, json }) => {
  assert.equal(await json('/quotas'), {});
  for (const [ownerRole, numCpus] of [
    ['web', 1.5],
    ['db', 2],
  ] as const)
    await call('setQuota', {
      ownerRole,
      quota: { resources: [{ numCpus }, { ramMb: 100 }, { diskMb: 200 }] },
    });
  const web = { cpu_cores: 1.5, ram_mb: 100, disk_mb: 200 };
  assert.equal(await json('/quotas'), { web, db: { ...web, cpu_cores: 2 } });
  assert.equal(await json('/quotas?role=web'), { web });
  assert.equal(await json('/quotas?role=nobody'), {});
});

withSite('tiers, cron jobs and maintenance have the shapes of the original', async ({ json }) => {
  assert.equal(await json('/tiers'), {
    default: 'preemptible',
    tiers: {
      preferred: { preemptible: false, revocable: false },
      preemptible: { preemptible: true, revocable: false },
      revocable: { preemptible: true, revocable: true },
    },
  });
  assert.equal(await json('/cron'), { scheduled: {} });
  assert.equal(await json('/maintenance'), { DRAINED: [], SCHEDULED: [], DRAINING: {} });
});

withSite('a cron job is shown with its schedule, and as it is stored', async ({ call, json, page }) => {
  const description = wireJob({
    cronSchedule: '*/30 3-4 * * MON-FRI',
    taskConfig: wireConfig({ isService: false }),
  });
  assert.is((await call('scheduleCronJob', { description })).responseCode, 'OK');
  assert.equal(await json('/cron'), { scheduled: { 'web/prod/hello': '0,30 3-4 * * 1-5' } });
  const shown = await (await page('/structdump/cron/web/prod/hello')).text();
  assert.match(shown, /<title>web\/prod\/hello<\/title>/);
  assert.match(
    shown,
    /cronSchedule&quot;: &quot;\*\/30 3-4 \* \* MON-FRI|"cronSchedule": "\*\/30 3-4 \* \* MON-FRI"/,
  );
  assert.is((await page('/structdump/cron/web/prod/nobody')).status, 404);
  assert.is((await page('/structdump')).status, 400);
});

withSite('offers are shown as Mesos made them', async ({ json, mesos }) => {
  mesos.subscribe();
  assert.equal(await json('/offers'), []);
  mesos.offer(mesosOffer('a'), mesosOffer('b'));
  const shown = (await json('/offers')) as { id: { value: string } }[];
  const byId = [...shown].sort((a, b) => (a.id.value < b.id.value ? -1 : 1));
  assert.equal(byId, JSON.parse(JSON.stringify([mesosOffer('a'), mesosOffer('b')])));
});

withSite(
  'offers that went back while nothing is pending are shown with their age',
  async ({ json, mesos }) => {
    mesos.subscribe();
    mesos.offer(mesosOffer('a'));
    await mesos.next('DECLINE');
    const [shown, ...others] = (await json('/offers')) as { given_back_ms_ago: number }[];
    assert.equal(others, []);
    const { given_back_ms_ago: ageMs, ...offer } = shown ?? { given_back_ms_ago: -1 };
    assert.equal(offer, JSON.parse(JSON.stringify(mesosOffer('a'))));
    assert.ok(ageMs >= 0 && ageMs < 10_000, `${ageMs}`);
    assert.is(mesos.heard('REVIVE'), 0, 'they are not old');
    // An agent that left has nothing to show.
    mesos.say({ type: 'FAILURE', failure: { agent_id: { value: 'a' } } });
    assert.equal(await json('/offers'), []);
  },
  '-idle_offers_delay=1ms',
);

withSite('the state names each configuration once, and the tasks of every agent', async (site) => {
  const resources = [{ numCpus: 1000 }, { ramMb: 1 }, { diskMb: 1 }];
  const waits = { ...JOB, name: 'waits' };
  await site.call('createJob', {
    description: wireJob({ key: waits, taskConfig: wireConfig({ job: waits, resources }) }),
  });
  assert.equal(await site.json('/state'), { taskConfigs: {}, agents: {} });
  await runningTask(site, 'http');
  const state = (await site.json('/state')) as {
    taskConfigs: Record<string, { job: unknown }>;
    agents: Record<string, string[]>;
  };
  const [key = '', ...others] = Object.keys(state.taskConfigs);
  assert.equal(others, []);
  assert.match(key, /^web\/prod\/hello--?\d+$/);
  assert.equal(state.agents, { a: [key] });
  assert.equal(state.taskConfigs[key]?.job, JOB);
});

withSite(
  'pending tasks, as the original and with what becomes of every agent',
  async ({ call, json, mesos, page, tasks }) => {
    assert.is(await (await page('/pendingtasks?format=text')).text(), 'No task is pending.\n');
    mesos.subscribe();
    mesos.offer(
      mesosOffer('a', { resources: [scalar('cpus', 0.5), scalar('mem', 8192), scalar('disk', 8192)] }),
    );
    await call('createJob', { description: wireJob({ instanceCount: 2 }) });
    const reason = async () =>
      (await call('getPendingReason', { query: {} })).result?.getPendingReasonResult?.reasons?.[0]?.reason;
    while ((await reason()) === '') await json('/pendingtasks');
    const taskIds = (await tasks('PENDING')).map(({ assignedTask }) => assignedTask.taskId).sort();
    const [group, ...others] = (await json('/pendingtasks')) as Record<string, unknown>[];
    assert.equal(others, []);
    assert.equal(Object.keys(group ?? {}), ['name', 'taskIds', 'penaltyMs', 'reason']);
    assert.equal([group?.name, group?.reason], [KEY, '[Insufficient: CPU]']);
    assert.equal([...((group?.taskIds as string[] | undefined) ?? [])].sort(), taskIds);
    assert.equal(await json('/pendingtasks?job=web/prod/other'), []);

    const [withFunnel] = (await json(`/pendingtasks?funnel=true&job=${KEY}`)) as Record<string, unknown>[];
    const funnel = {
      knownAgents: 1,
      offeringAgents: 1,
      fittingAgents: 0,
      ruledOut: [{ type: 'INSUFFICIENT_RESOURCES', agents: 1, reasons: { 'Insufficient: CPU': 1 } }],
      nearest: {
        host: 'host-a',
        agentId: 'a',
        lacks: [{ reason: 'Insufficient: CPU', needs: '1.25', has: '0.5' }],
      },
    };
    assert.equal(withFunnel?.funnel, funnel);
    const lines = [
      `${KEY}: 2 tasks are pending`,
      '  1 agent known, 1 with an offer',
      '  1 agent ruled out: Insufficient: CPU',
      '  none fits',
      '  nearest: host-a: Insufficient: CPU (needs 1.25, has 0.5)',
    ];
    assert.is(await (await page('/pendingtasks?format=text')).text(), `${lines.join('\n')}\n`);
    const { result } = await call('getPendingReason', { query: { role: 'web' } });
    const [wire, ...more] = result?.getPendingReasonResult?.funnels ?? [];
    assert.equal(more, []);
    assert.equal(
      { ...wire, taskIds: [...(wire?.taskIds ?? [])].sort() },
      {
        taskIds,
        knownAgents: 1,
        offeringAgents: 1,
        fittingAgents: 0,
        ruledOut: { INSUFFICIENT_RESOURCES: 1 },
        reasons: { 'Insufficient: CPU': 1 },
        nearestHost: 'host-a',
        lacks: ['Insufficient: CPU (needs 1.25, has 0.5)'],
        text: lines
          .slice(1)
          .map((line) => line.slice(2))
          .join('\n'),
      },
    );
  },
);

withSite(
  'agents as a table, under both names, with nothing that could be markup',
  async ({ mesos, page }) => {
    mesos.subscribe();
    mesos.offer(mesosOffer('a', { attributes: [text('rack', '<r1>'), text('host', 'host-a')] }));
    for (const path of ['/agents', '/slaves']) {
      const response = await page(path);
      assert.is(response.headers.get('Content-Type'), 'text/html; charset=utf-8');
      const shown = await response.text();
      assert.match(shown, /<h2>Aurora west agents<\/h2>/);
      assert.match(shown, /<td><a href="http:\/\/host-a:1338">host-a<\/a><\/td><td>a<\/td><td>NONE<\/td>/);
      assert.match(shown, /<td>host=\[host-a\], rack=\[&lt;r1&gt;\]<\/td>/);
    }
  },
  '-cluster_name=west',
);

withSite('used resources: the whole, by role, by job', async ({ call, page }) => {
  await call('createJob', { description: wireJob({ instanceCount: 3 }) });
  const rows = async (path: string) =>
    [...(await (await page(path)).text()).matchAll(/<tr>(<td>.*)<\/tr>/g)].map(([, row]) => row);
  const [first, ...rest] = await rows('/utilization');
  assert.is(
    first,
    '<td><a href="/utilization/total_consumed">total consumed</a></td><td>3</td><td>384 MB</td><td>192 MB</td>',
  );
  assert.equal(
    rest.map((row) => /<td>(\d+)</.exec(row ?? '')?.[1]),
    ['0', '0', '3'],
  );
  assert.equal(await rows('/utilization/free_pool_consumed'), [
    '<td><a href="/utilization/free_pool_consumed/web">web</a></td><td>3</td><td>384 MB</td><td>192 MB</td>',
  ]);
  assert.equal(await rows('/utilization/TOTAL_CONSUMED/web'), [
    '<td>hello</td><td>3</td><td>384 MB</td><td>192 MB</td>',
  ]);
  assert.equal(await rows('/utilization/total_consumed/nobody'), []);
  assert.is((await page('/utilization/anything')).status, 400);
});

withSite('an instance is found by its name', async (site) => {
  const { page } = site;
  const usage = await page('/mname');
  assert.is(usage.status, 400);
  assert.match(await usage.text(), /\/mname\/\{role\}/);
  assert.is((await page(`/mname/${KEY}/0`)).status, 404);
  await runningTask(site, 'web');
  const at = async (path: string, method?: string) => {
    const response = await page(path, method);
    assert.is(response.status, 307, path);
    return response.headers.get('Location') ?? '';
  };
  assert.match(await at(`/mname/${KEY}/0`), /^http:\/\/host-a:310\d\d\/$/);
  for (const method of ['GET', 'PUT', 'POST', 'DELETE'])
    assert.match(
      await at(`/mname/${KEY}/0/a%20b/c?x=1&x=2`, method),
      /^http:\/\/host-a:310\d\d\/a%20b\/c\?x=1&x=2$/,
    );
  for (const path of ['/1', '/zero', '/00x'])
    assert.is((await page(`/mname/${KEY}${path}`)).status, 404, path);
  assert.is((await page(`/mname/${KEY}/0`, 'PATCH')).status, 404);
});

withSite('an instance without a port of a known name, or not running, has no place', async (site) => {
  await runningTask(site, 'metrics');
  assert.match(await (await site.page(`/mname/${KEY}/0`)).text(), /does not have a registered http port/);
  await site.call('killTasks', { job: JOB });
  assert.match(await (await site.page(`/mname/${KEY}/0`)).text(), /currently in state KILLING/);
});

withSite('a task is shown as it is stored', async (site) => {
  const taskId = await runningTask(site, 'http');
  const shown = await (await site.page(`/structdump/task/${taskId}`)).text();
  assert.match(shown, /&quot;status&quot;: &quot;RUNNING&quot;/);
  assert.is((await site.page('/structdump/task/nothing')).status, 404);
});

withSite(
  'pages answer HEAD like GET, without a body, and are compressed on request',
  async ({ page, running }) => {
    const head = await page('/tiers', 'HEAD');
    assert.equal([head.status, await head.text()], [200, '']);
    const agents = await fetch(`http://127.0.0.1:${running().httpPort}/agents`, {
      headers: { 'Accept-Encoding': 'gzip' },
    });
    assert.match(await agents.text(), /<table>/);
  },
);

test.run();
