import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SlaPolicy, TaskConfig } from '../../../src/api/index.ts';
import { type SlaQuestion, slaGate } from '../../../src/scheduler/sla/sla-gate.ts';
import { BUILT_IN_TIERS } from '../../../src/scheduler/tiers.ts';
import { assert, suite } from '../../harness/index.ts';
import { scene } from '../state/scene.ts';
import { sampleConfig } from '../storage/sample.ts';

const test = suite('the gate of SLA policies');

const HALF: SlaPolicy = { percentageSlaPolicy: { percentage: 50, durationSecs: 60 } };

/** A job whose tasks have been RUNNING for two minutes, and the gate before it. */
async function gateScene(
  options: { instances?: number; least?: number; tier?: string; timeoutMs?: number } = {},
) {
  const world = await scene();
  const config: TaskConfig = sampleConfig('web', { tier: options.tier ?? 'preferred' });
  const { clock, state, storage } = world;
  const taskIds = await storage.write((tx) =>
    state.insertPendingTasks(
      tx,
      config,
      Array.from({ length: options.instances ?? 4 }, (_, id) => id),
    ),
  );
  for (const taskId of taskIds) {
    await world.assign(taskId);
    await world.change({ taskId, to: 'RUNNING' });
  }
  clock.advance(120_000);
  const gate = slaGate({
    ...world,
    counters: world.counts,
    tiers: BUILT_IN_TIERS,
    flags: {
      clusterName: 'test',
      maxParallelCoordinatedMaintenance: 10,
      minRequiredInstancesForSlaCheck: options.least ?? 2,
      slaAwareKillNonProd: false,
      slaCoordinatorTimeoutMs: options.timeoutMs ?? 5_000,
    },
  });
  const question = (
    taskId: string,
    policy: SlaPolicy | undefined,
    more: Partial<SlaQuestion> = {},
  ): SlaQuestion => ({
    taskId,
    policy,
    act: (tx, task) => void state.changeState(tx, { taskId: task.assignedTask.taskId, to: 'DRAINING' }),
    ...more,
  });
  const count = (name: string) => Number(world.counts.read().get(name) ?? 0);
  return { ...world, config, count, gate, question, taskIds };
}

const words = (verdicts: readonly unknown[]) =>
  verdicts.map((verdict) => (typeof verdict === 'string' ? verdict : 'waits'));

test('SLA: of many tasks of a job as many go as the policy allows, in one pass', async () => {
  const { gate, question, taskIds } = await gateScene();
  const verdicts = await gate.judge(taskIds.map((taskId) => question(taskId, HALF)));
  assert.equal(words(verdicts), ['done', 'done', 'waits', 'waits']);
});

test('SLA: two passes at the same time do not both see the last task that may go', async () => {
  const { gate, question, taskIds } = await gateScene();
  const both = await Promise.all(taskIds.map((taskId) => gate.judge([question(taskId, HALF)])));
  assert.equal(words(both.flat()), ['done', 'done', 'waits', 'waits']);
});

test('SLA: duration boundary: a task counts as running when it has been for longer than the duration', async () => {
  const { change, clock, gate, question, taskIds } = await gateScene();
  const [first, second, third] = taskIds as [string, string, string, string];
  await change({ taskId: first, to: 'RESTARTING' });
  const policy = (durationSecs: number): SlaPolicy => ({ countSlaPolicy: { count: 2, durationSecs } });
  assert.equal(
    words(await gate.judge([question(second, policy(120))])),
    ['waits'],
    'exactly the duration is not longer',
  );
  clock.advance(1);
  assert.equal(words(await gate.judge([question(second, policy(120))])), ['done']);
  assert.equal(words(await gate.judge([question(third, policy(120))])), ['waits']);
});

test('SLA: skip rules: small jobs, tiers that are not production, and tasks without a policy are let go', async () => {
  const strict: SlaPolicy = { countSlaPolicy: { count: 4, durationSecs: 3_600 } };
  const all = async (world: Awaited<ReturnType<typeof gateScene>>, policy: SlaPolicy | undefined) =>
    words(await world.gate.judge(world.taskIds.map((taskId) => world.question(taskId, policy))));
  const done = ['done', 'done', 'done', 'done'];
  assert.equal(await all(await gateScene({ least: 5 }), strict), done);
  assert.equal(await all(await gateScene({ tier: 'preemptible' }), strict), done);
  assert.equal(await all(await gateScene(), undefined), done);
  assert.equal(await all(await gateScene(), strict), ['waits', 'waits', 'waits', 'waits']);
});

test('SLA: candidate excluded: it does not count as one that goes on running', async () => {
  const three: SlaPolicy = { countSlaPolicy: { count: 3, durationSecs: 60 } };
  const { change, gate, get, question, taskIds } = await gateScene();
  const [first, second, third] = taskIds as [string, string, string, string];
  assert.equal(words(await gate.judge([question(first, three)])), ['done']);
  // Three are RUNNING, the one in question among them.
  assert.equal(words(await gate.judge([question(second, three)])), ['waits']);
  await change({ taskId: first, to: 'KILLED' });
  assert.equal(words(await gate.judge([question(third, three)])), ['waits']);
  assert.is(get(third)?.status, 'RUNNING');
});

test('a task that has ended, or a question that no longer stands, is left alone', async () => {
  const { change, gate, get, question, taskIds } = await gateScene();
  const [first, second] = taskIds as [string, string];
  await change({ taskId: first, to: 'FINISHED' });
  const verdicts = await gate.judge([
    question(first, HALF),
    question(second, HALF, { stands: () => false }),
    question('nobody', HALF),
  ]);
  assert.equal(words(verdicts), ['gone', 'gone', 'gone']);
  assert.is(get(second)?.status, 'RUNNING');
});

type Answerer = (request: IncomingMessage, body: string, response: ServerResponse) => void;

/** Runs a test with a coordinator that answers as told. */
async function withCoordinator(
  answer: Answerer,
  body: (url: string, server: Server) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => answer(request, text, response));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}/check?team=web`, server);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}
const coordinator = (coordinatorUrl: string, statusKey = 'drain'): SlaPolicy => ({
  coordinatorSlaPolicy: { coordinatorUrl, statusKey },
});

test('SLA: coordinator 200: it gets the request of the original, and its yes lets the task go', async () => {
  const seen: {
    method: string | undefined;
    url: string | undefined;
    type: string | undefined;
    body: never;
  }[] = [];
  const answer: Answerer = ({ method, url, headers }, body, response) => {
    seen.push({ method, url, type: headers['content-type'], body: JSON.parse(body) as never });
    response.end('{"drain": true}');
  };
  await withCoordinator(answer, async (url) => {
    const { gate, get, question, taskIds } = await gateScene();
    const taskId = taskIds[2] as string;
    const params = () => ({ forceMaintenanceCountdownMs: '1000' });
    assert.is(await gate.ask(question(taskId, coordinator(url), { params })), 'done');
    assert.is(get(taskId)?.status, 'DRAINING');
  });
  const [request] = seen;
  assert.is(request?.method, 'POST');
  assert.is(request?.url, '/check?team=web&task=test%2Fwww%2Fprod%2Fweb%2F2');
  assert.is(request?.type, undefined);
  const { taskConfig, ...rest } = (request as { body: unknown }).body as {
    taskConfig: Record<string, never>;
  };
  assert.equal(rest, { task: 'test/www/prod/web/2', forceMaintenanceCountdownMs: '1000' });
  assert.is(taskConfig.status, 2, 'enums are numbers');
  assert.is(
    (taskConfig.assignedTask as unknown as { task: { isService: number } }).task.isService,
    1,
    'and so are booleans',
  );
});

const ANSWERS: readonly [what: string, answer: Answerer, reason: RegExp, counter: string][] = [
  [
    'SLA: coordinator false',
    (_, __, response) => response.end('{"drain": false}'),
    /says no/,
    'sla_coordinator_success',
  ],
  [
    'SLA: coordinator 500',
    (_, __, response) => response.writeHead(500).end('oops'),
    /answered 500/,
    'sla_coordinator_user_errors',
  ],
  [
    'SLA: coordinator with another status of success',
    (_, __, response) => response.writeHead(204).end(),
    /answered 204/,
    'sla_coordinator_user_errors',
  ],
  [
    'SLA: coordinator without JSON',
    (_, __, response) => response.end('<html>'),
    /its answer is no JSON/,
    'sla_coordinator_errors',
  ],
  [
    'SLA: coordinator null',
    (_, __, response) => response.end('null'),
    /has no "drain"/,
    'sla_coordinator_errors',
  ],
  [
    'SLA: coordinator missing the key in its answer',
    (_, __, response) => response.end('{"ok": true}'),
    /has no "drain"/,
    'sla_coordinator_errors',
  ],
  [
    'SLA: coordinator with a text for a boolean',
    (_, __, response) => response.end('{"drain": "true"}'),
    /has no "drain"/,
    'sla_coordinator_errors',
  ],
  [
    'SLA: coordinator with an endless answer',
    (_, __, response) => void response.write(' '.repeat(100_000)),
    /over 65536 bytes/,
    'sla_coordinator_errors',
  ],
  [
    'SLA: coordinator that cuts the connection',
    (request) => request.destroy(),
    /cannot be asked/,
    'sla_coordinator_errors',
  ],
  [
    'SLA: coordinator that dies within its answer',
    (_, __, response) => {
      response.write('{"dr');
      setImmediate(() => response.destroy());
    },
    /cannot be asked/,
    'sla_coordinator_errors',
  ],
  ['SLA: coordinator timeout', () => {}, /no answer within 100 ms/, 'sla_coordinator_errors'],
];
for (const [what, answer, reason, counter] of ANSWERS)
  test(`${what}: nothing goes`, () =>
    withCoordinator(answer, async (url) => {
      const { count, gate, get, question, taskIds } = await gateScene({
        timeoutMs: what === 'SLA: coordinator timeout' ? 100 : 5_000,
      });
      const [taskId] = taskIds as [string];
      const verdict = await gate.ask(question(taskId, coordinator(url)));
      assert.match((verdict as { waitsFor: string }).waitsFor, reason);
      assert.is(get(taskId)?.status, 'RUNNING');
      assert.is(count(counter), 1);
      assert.is(count('sla_coordinator_attempts'), 1);
    }));

test('SLA: a URL that is none, and a host where nobody listens, let nothing go', async () => {
  const { gate, question, taskIds } = await gateScene();
  for (const url of ['nonsense', 'ftp://host/', 'http://127.0.0.1:1/']) {
    const verdict = await gate.ask(question(taskIds[0] as string, coordinator(url)));
    assert.match((verdict as { waitsFor: string }).waitsFor, /cannot be asked/);
  }
});

test('SLA: coordinator busy: asked about one task at a time, several coordinators at once', async () => {
  const open: ServerResponse[] = [];
  const arrived: (() => void)[] = [];
  const answer: Answerer = (_, __, response) => {
    open.push(response);
    arrived.shift()?.();
  };
  const arrival = () => new Promise<void>((done) => void arrived.push(done));
  await withCoordinator(answer, async (url) => {
    const { count, gate, get, question, taskIds } = await gateScene();
    const [first, second, third] = taskIds as [string, string, string, string];
    const both = Promise.all([arrival(), arrival()]);
    const answers = [
      gate.ask(question(first, coordinator(url))),
      gate.ask(question(second, coordinator(url))),
      gate.ask(question(third, coordinator(`${url}&other`))),
    ];
    await both;
    assert.is(open.length, 2, 'the second task of the first coordinator waits');
    assert.is(count('sla_coordinator_lock_starvation'), 1);
    const next = arrival();
    open[0]?.end('{"drain": true}');
    await next;
    assert.is(get(first)?.status, 'DRAINING', 'acted on before the next question');
    for (const response of open.slice(1)) response.end('{"drain": true}');
    assert.equal(await Promise.all(answers), ['done', 'done', 'done']);
  });
});

test('questions that wait when the gate is closed are not asked', async () => {
  let asked = 0;
  const held: ServerResponse[] = [];
  let first: () => void = () => {};
  const begun = new Promise<void>((done) => (first = done));
  const answer: Answerer = (_, __, response) => {
    asked++;
    held.push(response);
    first();
  };
  await withCoordinator(answer, async (url) => {
    const { gate, question, taskIds } = await gateScene();
    const answers = taskIds.map((taskId) => gate.ask(question(taskId, coordinator(url))));
    await begun;
    gate.close();
    held[0]?.end('{"drain": false}');
    assert.equal(words(await Promise.all(answers)), ['waits', 'gone', 'gone', 'gone']);
    assert.is(asked, 1);
  });
});

test.run();
