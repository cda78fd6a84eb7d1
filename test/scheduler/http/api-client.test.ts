/**
 * The client for pages of others, as they use it: its files as classic scripts, over Thrift's own library. The library for
 * browsers is no package; that for Node has the same protocol, but hands values out bare, and asks nobody by itself.
 */
import { createRequire } from 'node:module';
import vm from 'node:vm';
import { assert, suite } from '../../harness/index.ts';
import { JOB, wireJob } from '../builders.ts';
import { type TestScheduler, testScheduler } from '../running.ts';

const test = suite('client for pages');
const { TJSONProtocol } = createRequire(import.meta.url)('thrift') as {
  readonly TJSONProtocol: new (transport: object) => Record<string, (...args: unknown[]) => unknown>;
};

// biome-ignore lint/suspicious/noExplicitAny: globals of scripts that are read at run time
type Globals = Record<string, any>;

let scheduler: TestScheduler;
test.before(async () => {
  scheduler = await testScheduler();
  scheduler.mesos.subscribe();
});
test.after(() => scheduler.stop());

const get = (path: string) => fetch(`http://127.0.0.1:${scheduler.running().httpPort}${path}`);

/** What `new Thrift.Protocol(new Thrift.Transport('/api'))` is to the client. */
function protocol(headers: string[] = []) {
  let sent = '';
  let came = Buffer.alloc(0);
  const library = new TJSONProtocol({
    write(text: string) {
      sent = text;
    },
    flush: () => undefined,
    borrow: () => ({ buf: came, readIndex: 0, writeIndex: came.length }),
    consume: () => undefined,
  });
  const transport = {
    flush(_async: boolean, done: () => void) {
      void fetch(`http://127.0.0.1:${scheduler.running().httpPort}/api`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/vnd.apache.thrift.json; charset=utf-8' },
        body: sent,
      }).then(async (response) => {
        headers.push(response.headers.get('Content-Type') ?? '');
        came = Buffer.from(await response.arrayBuffer());
        done();
      });
    },
  };
  return new Proxy(library, {
    get(target, name: string) {
      if (name === 'getTransport') return () => transport;
      const isValue = /^read(Bool|Byte|I16|I32|I64|Double|String|Binary)$/.test(name);
      return (...args: unknown[]) => {
        const value = target[name]?.(...args);
        return isValue ? { value: name === 'readI64' ? Number(value) : value } : value;
      };
    },
  });
}

async function globals(...names: string[]): Promise<Globals> {
  const world: Globals = vm.createContext({ structuredClone });
  for (const name of names) {
    const response = await get(`/apiclient/${name}`);
    assert.is(response.status, 200, name);
    assert.match(response.headers.get('Content-Type') ?? '', /^text\/javascript/);
    vm.runInContext(await response.text(), world, { filename: name });
  }
  return world;
}

test("the original's page reads jobs, tasks and reasons", async () => {
  const { JobKey, JobUpdateQuery, ReadOnlySchedulerClient, ScheduleStatus, TaskQuery } = await globals(
    'api_types.js',
    'ReadOnlyScheduler.js',
  );
  await scheduler.call('createJob', { description: wireJob({ instanceCount: 2 }) });
  const client = new ReadOnlySchedulerClient(protocol());
  const ask = (name: string, ...args: unknown[]) =>
    new Promise<Globals>((resolve) => client[name](...args, resolve));

  const roles = await ask('getRoleSummary');
  assert.is(roles.responseCode, 1);
  assert.is(roles.result.roleSummaryResult.summaries[0].role, JOB.role);
  assert.is(roles.result.jobSummaryResult, null, 'what was not sent is null');

  const key = new JobKey(JOB);
  const query = new TaskQuery();
  query.jobKeys = [key];
  query.statuses = [ScheduleStatus.PENDING];
  const tasks = (await ask('getTasksWithoutConfigs', query)).result.scheduleStatusResult.tasks;
  assert.is(tasks.length, 2);
  assert.is(tasks[0].status, ScheduleStatus.PENDING);
  assert.ok(tasks[0].taskEvents[0].timestamp > 1e12, 'times are numbers');
  assert.is(tasks[0].assignedTask.task.job.name, JOB.name);

  const configs = (await ask('getConfigSummary', key)).result.configSummaryResult.summary;
  assert.is(configs.groups[0].config.executorConfig.name, 'AuroraExecutor');
  assert.equal(
    [...configs.groups[0].instances].map(({ first, last }) => [first, last]),
    [[0, 1]],
  );
  const updates = await ask('getJobUpdateDetails', null, new JobUpdateQuery({ jobKey: key }));
  assert.equal([...updates.result.getJobUpdateDetailsResult.detailsList], []);
});

test('the clients of the other services change things, and have the calls of those before them', async () => {
  const world = await globals(
    'api_types.js',
    'ReadOnlyScheduler.js',
    'AuroraSchedulerManager.js',
    'AuroraAdmin.js',
  );
  const admin = new world.AuroraAdminClient(protocol());
  const ask = (name: string, ...args: unknown[]) =>
    new Promise<Globals>((resolve) => admin[name](...args, resolve));
  const quota = new world.ResourceAggregate({
    resources: ['numCpus', 'ramMb', 'diskMb'].map((name, at) => new world.Resource({ [name]: 4 + at })),
  });
  assert.is((await ask('setQuota', 'web', quota)).responseCode, 1);
  const shown = (await ask('getQuota', 'web')).result.getQuotaResult.quota.resources;
  assert.ok([...shown].some(({ numCpus }: Globals) => numCpus === 4));
  const refused = await ask('setQuota', '', quota);
  assert.is.not(refused.responseCode, world.ResponseCode.OK, 'a refusal is a response');
  assert.ok(refused.details[0].message.length > 0);
  assert.is(typeof new world.AuroraSchedulerManagerClient(protocol()).killTasks, 'function');
  assert.is(new world.ReadOnlySchedulerClient(protocol()).killTasks, undefined);
});

test('a reply that is none is given to the caller as an error', async () => {
  const { ReadOnlySchedulerClient } = await globals('api_types.js', 'ReadOnlyScheduler.js');
  const broken = protocol();
  const client = new ReadOnlySchedulerClient(
    new Proxy(broken, {
      get: (target, name: string) =>
        name === 'writeMessageBegin'
          ? (_: string, ...rest: unknown[]) => target.writeMessageBegin?.('noSuchCall', ...rest)
          : target[name],
    }),
  );
  const answer = await new Promise<Error>((resolve) => client.getRoleSummary(resolve));
  assert.match(answer.message, /noSuchCall/);
});

test('the globals are those of the original, defaults and numbers too', async () => {
  const world = await globals('api_types.js');
  assert.is(world.ScheduleStatus.RUNNING, 2);
  assert.ok(world.ACTIVE_STATES.includes(world.ScheduleStatus.PENDING));
  assert.is(world.AWAITNG_PULSE_JOB_UPDATE_STATES.length, 2);
  const config = new world.TaskConfig();
  assert.ok(config.container instanceof world.Container);
  assert.ok(config.container.mesos instanceof world.MesosContainer);
  assert.is(config.tier, null);
  assert.is.not(config.container, new world.TaskConfig().container);
});

test('the page on the API names every call, and nothing else is there', async () => {
  const html = await (await get('/apiclient/api.html')).text();
  for (const name of ['getRoleSummary', 'startJobUpdate', 'setQuota', 'TaskConfig', 'JobUpdateStatus'])
    assert.ok(html.includes(`<b>${name}</b>`), name);
  for (const path of ['/apiclient/', '/apiclient/..%2fweb%2fentries.json', '/apiclient/other.js'])
    assert.is((await get(path)).status, 404, path);
});

test.run();
