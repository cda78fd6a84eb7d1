/**
 * Who gets what: every call and every path that the scheduler has, by every kind of credentials. Calls come from the
 * table of the API and paths from the routes, so that a new one cannot be forgotten.
 */
import type { Hono } from 'hono';
import type { AuditEntry } from '../../../src/api/audit-entry.ts';
import { CALLS, type CallName, callOf, decodeMessage, encodeMessage } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import type { AuditLog } from '../../../src/scheduler/audit/audit-log.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import { siteRules } from '../../../src/scheduler/http/site-rules.ts';
import { standbyApp } from '../../../src/scheduler/http/standby-app.ts';
import { VIEW_NAMES } from '../../../src/scheduler/http/views/views.ts';
import { executors } from '../../../src/scheduler/launch/executors.ts';
import { lifecycle } from '../../../src/scheduler/lifecycle.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { offerOrder } from '../../../src/scheduler/offers/offer-order.ts';
import { loadPageLinks } from '../../../src/scheduler/page-links.ts';
import { schedulerParts } from '../../../src/scheduler/parts/parts.ts';
import { callPermissions } from '../../../src/scheduler/security/call-permission.ts';
import { DOORS, doorOf } from '../../../src/scheduler/security/doors.ts';
import { loadSecurity } from '../../../src/scheduler/security/load-security.ts';
import { permissionText } from '../../../src/scheduler/security/permission.ts';
import { openStorage } from '../../../src/scheduler/storage/index.ts';
import { loadTiers } from '../../../src/scheduler/tiers.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { memoryDisk } from '../backup/memory-disk.ts';
import { JOB } from '../builders.ts';
import { memoryLog } from '../storage/memory-log.ts';
import { deflateNow } from '../storage/sample.ts';
import { argsOf } from './sample-args.ts';

const test = suite('doors');
const HOST = 'scheduler.example.com';
const CHALLENGE = 'BASIC realm="Apache Aurora Scheduler"';

/** `one` has the permission that a request needs and no other; who has no role has none. */
const ini = (permission: string) =>
  `[users]\nroot = secret, admin\none = 1pass, one\nbare = 0pass\n[roles]\nadmin = *\none = "${permission}"\n`;

const basic = (user: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

async function scene(text = ini('nothing'), ...flags: string[]) {
  const options = {
    ...parseSchedulerFlags(['-http_authentication_mechanism=BASIC', '-shiro_ini_path=f', ...flags]),
    backupDir: '/backups',
  };
  const clock = manualClock();
  const counted = counters(clock);
  const life = lifecycle(counted, silentLogger);
  for (const state of ['PREPARING_STORAGE', 'STORAGE_PREPARED', 'LEADER_AWAITING_REGISTRATION'] as const)
    life.to(state);
  const file = { text, version: 0 };
  const security = await loadSecurity({
    flags: options,
    clock,
    log: silentLogger,
    counters: counted,
    files: {
      state: async () => ({ version: String(file.version), changedMs: 0, mode: 0o600 }),
      read: async () => file.text,
    },
  });
  const storage = await openStorage({
    log: memoryLog([], {}, clock.nowMs),
    clock,
    logger: silentLogger,
    onFatal: () => {},
    deflate: deflateNow,
  });
  const written: Omit<AuditEntry, 'at'>[] = [];
  let obstacle: string | undefined;
  const audit: AuditLog = {
    obstacle: () => obstacle,
    note: async (entry) => void written.push(entry),
    close: async () => {},
  };
  const sites = siteRules(options, HOST);
  const parts = schedulerParts({
    options,
    hostname: HOST,
    sites,
    security,
    audit,
    tiers: loadTiers(undefined),
    links: loadPageLinks(undefined),
    executors: executors({ ...options, thermosExecutorPath: 'http://files/executor' }),
    order: offerOrder(options.offerOrder),
    clock,
    random: seededRandom(1),
    log: silentLogger,
    counters: counted,
    storage,
    calls: {
      accept: (_offers, _tasks, settled) => queueMicrotask(() => settled(true)),
      decline: () => {},
      kill: () => {},
      acknowledge: () => {},
      reconcile: () => {},
      suppress: async () => true,
      revive: async () => true,
      acceptInverseOffers: () => {},
      declineInverseOffers: () => {},
    },
    life,
    leader: () => 'self',
    version: undefined,
    backupDisk: memoryDisk(),
    end: () => {},
  });
  const http = parts.http as Hono;
  const standby = standbyApp({
    clock,
    counters: counted,
    log: silentLogger,
    sites,
    security,
    clusterName: 'west',
    statsUrlPrefix: '',
    leader: () => 'self',
    healthy: () => true,
  });
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    http.request(`http://${HOST}${path}`, { method, headers });
  const type = 'application/vnd.apache.thrift.binary';
  const post = (method: CallName, headers: Record<string, string>, args = argsOf(method)) =>
    http.request(`http://${HOST}/api`, {
      method: 'POST',
      headers: { 'Content-Type': type, Accept: type, ...headers },
      body: encodeMessage(callOf(method, args as never), 'binary') as Uint8Array<ArrayBuffer>,
    });
  return {
    http,
    standby,
    written,
    refuseWrites: (why: string) => {
      obstacle = why;
    },
    counted,
    ask,
    post,
    /** What /api answers: the status, or the code and the detail of the reply. */
    async call(method: CallName, headers: Record<string, string>, args = argsOf(method)) {
      const response = await post(method, headers, args);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (response.status !== 200)
        return [response.status, response.headers.get('WWW-Authenticate'), bytes.length] as const;
      const reply = decodeMessage(bytes, 'binary');
      if (reply.kind !== 'reply') throw new Error(JSON.stringify(reply));
      const { details, responseCode, serverInfo } = reply.response;
      return [responseCode, details?.[0]?.message, serverInfo === undefined] as const;
    },
    /** Puts another ini file there, that is seen at once. */
    rewrite(next: string) {
      file.text = next;
      file.version++;
      clock.advance(1000);
    },
    async close() {
      parts.close();
      await storage.close();
    },
  };
}

const METHODS = Object.keys(CALLS) as CallName[];
const REFUSED = [401, CHALLENGE, 0];

test('every call: without credentials, with wrong ones, without its permission, with it', async () => {
  const { call, close, rewrite } = await scene();
  let cases = 0;
  for (const method of METHODS) {
    const [permission, ...more] = callPermissions(method, argsOf(method)) ?? [];
    assert.equal(more, []);
    const needed = permissionText(permission ?? []);
    assert.is(needed.split(':', 2).join(':'), `thrift.${CALLS[method].service}:${method}`);
    if (CALLS[method].service === 'AuroraSchedulerManager') assert.is(needed.split(':').length, 5, needed);
    rewrite(ini(needed));
    assert.equal(await call(method, {}), REFUSED, `${method} without credentials`);
    assert.equal(await call(method, basic('root', 'wrong')), REFUSED, `${method} with a wrong password`);
    assert.equal(await call(method, basic('nobody', '1pass')), REFUSED, `${method} by an unknown user`);
    assert.equal(
      await call(method, basic('bare', '0pass')),
      ['AUTH_FAILED', `bare does not have the permission ${needed}`, true],
      `${method} without its permission`,
    );
    for (const who of [basic('one', '1pass'), basic('root', 'secret')]) {
      const [code, detail] = await call(method, who);
      assert.ok(
        typeof code === 'string' && code !== 'AUTH_FAILED',
        `${method} with its permission: ${detail}`,
      );
    }
    cases += 6;
  }
  await close();
  count('calls by credentials', cases);
});

test('a job says which permission a change takes, and no job is a bad request, whoever asks', async () => {
  const { call, close, counted } = await scene();
  const changes = METHODS.filter((name) => CALLS[name].service === 'AuroraSchedulerManager');
  for (const method of changes) {
    assert.equal(await call(method, {}, {} as never), REFUSED);
    for (const who of [basic('bare', '0pass'), basic('root', 'secret')])
      assert.equal(await call(method, who, {} as never), [
        'INVALID_REQUEST',
        `${method} needs the valid key of a job`,
        true,
      ]);
  }
  const { counts } = counted.values();
  assert.is(counts.get('shiro_bad_requests'), 2 * changes.length);
  assert.is(counts.get('shiro_authorization_failures') ?? 0, 0);
  await close();
});

test('grants at each depth of a job key', async () => {
  const { call, close, rewrite } = await scene();
  const base = 'thrift.AuroraSchedulerManager:killTasks';
  const cases: readonly [permission: string, permitted: boolean][] = [
    ['thrift.AuroraSchedulerManager', true],
    [base, true],
    [`${base}:web`, true],
    [`${base}:web:prod`, true],
    [`${base}:web:prod:hello`, true],
    [`${base}:web:*:hello,other`, true],
    [`${base}:www`, false],
    [`${base}:web:devel`, false],
    [`${base}:web:prod:other`, false],
    ['thrift.AuroraAdmin', false],
  ];
  for (const [permission, permitted] of cases) {
    rewrite(ini(permission));
    const [code] = await call('killTasks', basic('one', '1pass'), { job: JOB });
    assert.is(code, permitted ? 'OK' : 'AUTH_FAILED', permission);
  }
  await close();
});

test('a job whose tasks would be those of another job takes both permissions', async () => {
  const { call, close, rewrite } = await scene();
  const { description } = argsOf('createJob') as { description: { taskConfig: object } };
  const args = (name: string) =>
    ({
      description: { ...description, taskConfig: { ...description.taskConfig, job: { ...JOB, name } } },
    }) as never;
  rewrite(ini('thrift.AuroraSchedulerManager:createJob:web:prod:new'));
  assert.equal(await call('createJob', basic('one', '1pass'), args('victim')), [
    'AUTH_FAILED',
    'one does not have the permission thrift.AuroraSchedulerManager:createJob:web:prod:victim',
    true,
  ]);
  assert.is((await call('createJob', basic('one', '1pass'), args('new')))[0], 'OK');
  await close();
});

test('reads take a permission as wide as what they ask for', async () => {
  const { call, close, rewrite } = await scene();
  rewrite(ini('thrift.ReadOnlyScheduler:*:web'));
  const one = basic('one', '1pass');
  const cases: readonly [method: CallName, args: object, permitted: boolean][] = [
    ['getTasksStatus', { query: { role: 'web' } }, true],
    ['getTasksStatus', { query: { jobKeys: [JOB] } }, true],
    ['getTasksStatus', { query: { jobKeys: [JOB, { ...JOB, role: 'www' }] } }, false],
    ['getTasksStatus', { query: { role: ' ' } }, false],
    ['getTasksStatus', { query: { environment: 'prod', jobName: 'hello' } }, false],
    ['getTasksStatus', { query: {} }, false],
    ['getTasksStatus', {}, false],
    ['getJobs', { ownerRole: 'web' }, true],
    ['getJobs', { ownerRole: 'www' }, false],
    ['getJobs', {}, false],
    ['getConfigSummary', { job: JOB }, true],
    ['getJobUpdateSummaries', { jobUpdateQuery: { jobKey: JOB } }, true],
    ['getJobUpdateSummaries', { jobUpdateQuery: { user: 'web' } }, false],
    // The query decides what is answered, whatever the key says.
    ['getJobUpdateDetails', { key: { job: JOB, id: 'a' }, query: {} }, false],
    ['getJobUpdateDetails', { key: { job: JOB, id: 'a' } }, true],
    ['getTierConfigs', {}, false],
  ];
  for (const [method, args, permitted] of cases) {
    const [code] = await call(method, one, args as never);
    assert.is(code !== 'AUTH_FAILED', permitted, `${method} ${JSON.stringify(args)}`);
  }
  await close();
});

/** A path that a route answers, for its pattern. */
const pathOf = (pattern: string) =>
  pattern
    .replace(/\/\*$/, '/x')
    .replace('/:role?', '')
    .replace(':method', 'getJobs')
    .replace(':metric', 'total_consumed')
    .replace(':role', 'web')
    .replace(':env', 'prod')
    .replace(':job', 'hello')
    .replace(':name', 'roles')
    .replace(':instance', '0')
    .replace(':id', 'x');

test('every route has a door, and every door a route', async () => {
  const { close, http, standby } = await scene();
  const routes = [http, standby]
    .flatMap((app) => app.routes)
    .filter(({ method, path }) => !(method === 'ALL' && path === '/*') && path !== '*');
  const patterns = new Set(routes.map(({ path }) => path));
  for (const path of patterns)
    assert.is.not(doorOf(pathOf(path)).permission[1], 'unlisted', `${path} is not in doors.ts`);
  for (const one of DOORS) {
    assert.ok(patterns.has(one.path), `${one.path} of doors.ts is no route`);
    assert.is(doorOf(pathOf(one.path)).door, one, `${one.path} of doors.ts is hidden by one before it`);
  }
  await close();
});

test('every path: without credentials, with wrong ones, without its permission, with it', async () => {
  const { ask, close, counted, rewrite } = await scene();
  let cases = 0;
  for (const { opens, path } of DOORS) {
    if (opens === 'calls') continue;
    const at = pathOf(path);
    const needed = permissionText(doorOf(at).permission);
    rewrite(ini(needed));
    const none = await ask(at);
    const wrong = await ask(at, basic('root', 'wrong'));
    const bare = await ask(at, basic('bare', '0pass'));
    const one = await ask(at, basic('one', '1pass'));
    const shown = [none, wrong, bare].map(({ status }) => status);
    await one.body?.cancel();
    cases += 4;
    if (opens === 'everyone') {
      // A file that is not there is not there for everyone.
      assert.equal(shown, [one.status, one.status, one.status], at);
      assert.ok(one.status < 400 || one.status === 404, `${at}: ${one.status}`);
      continue;
    }
    assert.equal(shown, [401, 401, 403], at);
    assert.is(none.headers.get('WWW-Authenticate'), CHALLENGE);
    assert.is(await none.text(), '');
    assert.is(await bare.text(), `bare does not have the permission ${needed}.\n`);
    assert.ok(![401, 403].includes(one.status), `${at}: ${one.status}`);
  }
  assert.is((await ask('/nothing/here')).status, 401);
  assert.is((await ask('/nothing/here', basic('one', '1pass'))).status, 403);
  assert.is((await ask('/nothing/here', basic('root', 'secret'))).status, 404);
  // Other spellings of a path are other paths, and those are closed.
  for (const path of ['//vars', '/vars/', '/VARS', '/%76ars', '/health/../vars', '/./vars', '/health/'])
    assert.ok((await ask(path)).status === 401, path);
  const { counts } = counted.values();
  assert.ok((counts.get('http_authentication_failures') ?? 0) > 10);
  assert.ok((counts.get('http_unauthenticated_requests') ?? 0) > 10);
  await close();
  count('paths by credentials', cases);
});

test('every view, of screens, of changes and of sandboxes: the same four', async () => {
  const { ask, call, close, counted, post, rewrite, written } = await scene();
  const { description } = argsOf('createJob') as { description: { key: typeof JOB } };
  await call('createJob', basic('root', 'secret'));
  const { key } = description;
  const job = `${key.role}/${key.environment}/${key.name}`;
  const found = await post('getTasksWithoutConfigs', basic('root', 'secret'), {
    query: { jobKeys: [key] },
  } as never);
  const reply = decodeMessage(new Uint8Array(await found.arrayBuffer()), 'binary');
  const tasks = reply.kind === 'reply' ? reply.response.result?.scheduleStatusResult?.tasks : undefined;
  const task = tasks?.[0]?.assignedTask?.taskId;
  assert.type(task, 'string');
  const ofJob = `${key.role}:${key.environment}:${key.name}`;
  const asked: readonly (readonly [path: string, needed: string])[] = [
    ...VIEW_NAMES.map((name) => [`/api/view/${name}`, `http:view:${name}`] as const),
    [`/api/view/job?job=${job}`, `http:view:job:${ofJob}`],
    [`/api/view/jobs?role=${key.role}`, `http:view:jobs:${key.role}`],
    ['/api/view/events', 'http:view:events'],
    [`/api/view/events?topics=job:${job}`, `http:view:events:${ofJob}`],
    [`/api/view/logs?job=${job}&follow=false`, `http:sandboxes:${ofJob}`],
    [`/api/view/usage?job=${job}`, `http:sandboxes:${ofJob}`],
    [`/api/view/files?task=${task}`, `http:sandboxes:${ofJob}`],
  ];
  const doors = new Set(asked.map(([path]) => doorOf(path.split('?')[0] ?? '').door));
  for (const one of DOORS)
    if (one.path.startsWith('/api/view/'))
      assert.ok(doors.has(one), `${one.path} is asked for by nobody here`);
  const denied = () => counted.values().counts.get('shiro_authorization_failures') ?? 0;
  for (const [path, needed] of asked) {
    rewrite(ini(needed));
    for (const who of [{}, basic('root', 'wrong')]) {
      const closed = await ask(path, who);
      assert.equal(
        [closed.status, closed.headers.get('WWW-Authenticate'), await closed.text()],
        [401, CHALLENGE, ''],
        path,
      );
    }
    const before = [denied(), written.length];
    const bare = await ask(path, basic('bare', '0pass'));
    assert.is(bare.status, 403, path);
    assert.match(await bare.text(), `bare does not have the permission ${needed}`);
    assert.equal(
      [denied(), written.length],
      before.map((count) => count + 1),
      `${path} is counted and written down`,
    );
    assert.is(written.at(-1)?.why, `bare does not have the permission ${needed}`);
    for (const who of [basic('one', '1pass'), basic('root', 'secret')]) {
      const shown = await ask(path, who);
      assert.ok(![401, 403].includes(shown.status), `${path}: ${shown.status}`);
      await shown.body?.cancel();
    }
  }
  await close();
  count('views by credentials', asked.length * 5);
});

test('reads can be left open, and only they: wrong credentials still end a request', async () => {
  const { ask, call, close } = await scene(ini('thrift.AuroraAdmin'), '-anonymous_reads=true');
  for (const method of METHODS) {
    const reads = CALLS[method].service === 'ReadOnlyScheduler';
    const [code] = await call(method, {});
    assert.is(code === 401, !reads, method);
    const [own] = await call(method, basic('bare', '0pass'));
    assert.is(own === 'AUTH_FAILED', !reads, method);
    assert.equal(await call(method, basic('bare', 'wrong')), REFUSED, method);
  }
  assert.is((await ask('/vars')).status, 200);
  assert.is((await ask('/vars', basic('bare', 'wrong'))).status, 401);
  assert.is((await ask('/nothing/here')).status, 404);
  await close();
});

test('/apibeta asks for the same, call by call', async () => {
  const { close, http, rewrite } = await scene();
  for (const method of METHODS) {
    const needed = permissionText(callPermissions(method, argsOf(method))?.[0] ?? []);
    rewrite(ini(needed));
    const post = (headers: Record<string, string>) =>
      http.request(`http://${HOST}/apibeta/${method}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(argsOf(method), (_, value) =>
          typeof value === 'bigint' ? Number(value) : value,
        ),
      });
    for (const who of [{}, basic('one', 'x')]) {
      const closed = await post(who);
      assert.equal([closed.status, await closed.text()], [401, ''], method);
    }
    const codeOf = async (who: Record<string, string>) => {
      const response = await post(who);
      const { details, responseCode } = (await response.json()) as {
        responseCode: string;
        details?: { message: string }[];
      };
      return [response.status, responseCode, details?.[0]?.message] as const;
    };
    assert.equal(
      await codeOf(basic('bare', '0pass')),
      [200, 'AUTH_FAILED', `bare does not have the permission ${needed}`],
      method,
    );
    const [status, code, detail] = await codeOf(basic('one', '1pass'));
    assert.is(status, 200, method);
    assert.is.not(code, 'AUTH_FAILED', `${method}: ${detail}`);
  }
  await close();
});

test('credentials in other shapes', async () => {
  const { ask, close } = await scene(ini('http'));
  const status = async (value: string) => (await ask('/vars', { Authorization: value })).status;
  const encoded = Buffer.from('one:1pass').toString('base64');
  assert.is(await status(`basic ${encoded}`), 200);
  assert.is(await status(`BASIC   ${encoded} `), 200);
  for (const value of [
    'Basic',
    'Basic ',
    'Basic !!!',
    `Basic ${btoa('one')}`,
    `Basic ${btoa(':1pass')}`,
    'Bearer x',
    'x',
  ])
    assert.is(await status(value), 401, value);
  await close();
});

test('a changed file counts at once: a password that was known, a role that was there', async () => {
  const { ask, close, rewrite } = await scene(ini('http'));
  assert.is((await ask('/vars', basic('one', '1pass'))).status, 200);
  rewrite(ini('http').replace('1pass', 'other'));
  assert.is((await ask('/vars', basic('one', '1pass'))).status, 401);
  assert.is((await ask('/vars', basic('one', 'other'))).status, 200);
  rewrite(ini('http:state'));
  assert.is((await ask('/vars', basic('one', '1pass'))).status, 403);
  rewrite('[main]\nx = y\n');
  assert.is((await ask('/vars', basic('one', '1pass'))).status, 403, 'the file before stays');
  await close();
});

test('every change and every denial is written down, and no read', async () => {
  const { ask, call, close, post, refuseWrites, written } = await scene(
    ini('thrift.AuroraSchedulerManager:killTasks'),
  );
  const one = basic('one', '1pass');
  const kill = { job: JOB, instances: [1, 2], message: 'enough' } as never;
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await post('killTasks', { ...one, traceparent: `00-${traceId}-b7ad6b7169203331-01` }, kill);
  await call('getJobs', basic('root', 'secret'));
  await call('killTasks', one, {} as never);
  await call('createJob', one);
  await call('killTasks', {}, kill);
  await call('killTasks', basic('one', 'wrong'), kill);
  await ask('/vars', one);
  const shown = written.map(({ kind, user, by, what, job, about, result, why }) => ({
    kind,
    user,
    by,
    what,
    job,
    about,
    result,
    why,
  }));
  const none = { job: undefined, about: undefined };
  const stranger = { kind: 'denial', user: 'UNSECURE', by: 'none', result: '401' };
  const own = { user: 'one', by: 'basic' };
  assert.equal(shown, [
    {
      kind: 'write',
      ...own,
      what: 'killTasks',
      job: 'web/prod/hello',
      about: { instances: [1, 2], message: 'enough' },
      result: 'OK',
      why: undefined,
    },
    {
      kind: 'denial',
      ...own,
      what: 'killTasks',
      ...none,
      result: 'INVALID_REQUEST',
      why: 'killTasks needs the valid key of a job',
    },
    {
      kind: 'denial',
      ...own,
      what: 'createJob',
      job: 'web/prod/new',
      about: undefined,
      result: 'AUTH_FAILED',
      why: 'one does not have the permission thrift.AuroraSchedulerManager:createJob:web:prod:new',
    },
    { ...stranger, what: '/api', ...none, why: 'no credentials' },
    { ...stranger, what: '/api', ...none, why: 'credentials are wrong' },
    {
      kind: 'denial',
      ...own,
      what: '/vars',
      ...none,
      result: '403',
      why: 'one does not have the permission http:vars',
    },
  ]);
  assert.is(written[0]?.traceId, traceId);
  refuseWrites('the disk is full');
  const [code, detail] = await call('killTasks', one, kill);
  assert.equal(
    [code, detail],
    ['ERROR_TRANSIENT', 'Nothing was done: the audit log cannot be written (the disk is full)'],
  );
  assert.is((await call('getJobs', basic('root', 'secret')))[0], 'OK', 'reads go on');
  await close();
});

test('the name of who calls is in what is kept of an update', async () => {
  const { close, post } = await scene(ini('*'));
  const args = argsOf('startJobUpdate') as { request: { taskConfig: object } };
  const request = { ...args.request, taskConfig: { ...args.request.taskConfig, isService: true } };
  const response = await post('startJobUpdate', basic('one', '1pass'), { request } as never);
  const reply = decodeMessage(new Uint8Array(await response.arrayBuffer()), 'binary');
  assert.is(
    reply.kind === 'reply' && reply.response.result?.startJobUpdateResult?.updateSummary?.user,
    'one',
  );
  await close();
});

test.run();
