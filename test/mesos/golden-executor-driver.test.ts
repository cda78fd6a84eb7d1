import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/base/log.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import {
  type ExecutorCall,
  type ExecutorEvent,
  executorDriver,
  refusalOf,
  takeExecutorEnvironment,
  toJson,
} from '../../src/mesos/index.ts';
import { assert, count, suite } from '../harness/index.ts';
import { type Framing, oddChunks, recordedChunks } from './framing.ts';
import { type Inbox, inbox } from './inbox.ts';
import { type Received, replayServer } from './replay-server.ts';
import {
  apiOf,
  type Exchange,
  exchangesOf,
  type Scenario,
  type Step,
  scenarios,
  withNumbers,
} from './transcript.ts';

const test = suite('golden/mesos against the executor driver');

/** The driver speaks JSON; what was recorded as protobuf is replayed as the same JSON. */
const bodyOf = (exchange: Exchange): ExecutorCall | undefined => {
  const json = exchange.requestBody?.json;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return withNumbers('ExecutorCall', json) as ExecutorCall;
};

const isPlainPost = (exchange: Exchange) =>
  apiOf(exchange)?.call === 'ExecutorCall' &&
  exchange.method === 'POST' &&
  exchange.status !== undefined &&
  exchange.requestHeaders.get('content-type') === exchange.requestHeaders.get('accept') &&
  /^application\/(json|x-protobuf)$/.test(exchange.requestHeaders.get('accept') ?? '') &&
  bodyOf(exchange)?.framework_id !== undefined &&
  bodyOf(exchange)?.executor_id !== undefined;

const isFirstSubscribe = (exchange: Exchange): boolean => {
  const call = bodyOf(exchange);
  return (
    isPlainPost(exchange) &&
    call?.type === 'SUBSCRIBE' &&
    call.subscribe !== undefined &&
    (call.subscribe.unacknowledged_tasks ?? []).length === 0 &&
    (call.subscribe.unacknowledged_updates ?? []).length === 0
  );
};

/** Whether the driver can be made to send this: it fills in the status of an UPDATE where something is missing. */
const isOfDriver = (call: ExecutorCall | undefined): boolean => {
  const status = call?.update?.status;
  if (call?.type === 'MESSAGE') return call.message?.data !== undefined;
  return call?.type === 'UPDATE' && Boolean(status?.uuid && status.source && status.timestamp);
};

/** UPDATE and MESSAGE calls that the driver of this stream can be made to send. */
const callsOf = (subscribe: Exchange, all: readonly Exchange[]): Exchange[] => {
  const own = bodyOf(subscribe);
  return all.filter((exchange) => {
    const call = bodyOf(exchange);
    return (
      isPlainPost(exchange) &&
      exchange.path === subscribe.path &&
      exchange.conn.startsWith(subscribe.conn.replace(/\.sub\d+$/, '')) &&
      exchange.at > subscribe.at &&
      exchange.at < subscribe.endAt &&
      call?.framework_id.value === own?.framework_id.value &&
      call?.executor_id.value === own?.executor_id.value &&
      isOfDriver(call)
    );
  });
};

const headersOf = (exchange: Exchange): Record<string, string> =>
  Object.fromEntries(
    (exchange.responseHead?.headers ?? []).filter(
      ([name]) => !['transfer-encoding', 'content-length', 'content-type'].includes(name.toLowerCase()),
    ),
  );

function checkRequest(received: Received, exchange: Exchange, where: string) {
  assert.is(received.method, 'POST', where);
  assert.is(received.path, exchange.path, where);
  assert.is(received.headers['content-type'], 'application/json', where);
  assert.is(received.headers.accept, 'application/json', where);
  assert.is(received.headers['mesos-stream-id'], undefined, where);
  const body = JSON.parse(received.body.toString()) as ExecutorCall;
  const expected = bodyOf(exchange) as ExecutorCall;
  if (expected.type !== 'SUBSCRIBE') return assert.equal(body, expected, where);
  // Empty lists may be left out.
  assert.equal({ ...body, subscribe: undefined }, { ...expected, subscribe: undefined }, where);
  for (const list of ['unacknowledged_tasks', 'unacknowledged_updates'] as const)
    assert.equal(body.subscribe?.[list] ?? [], expected.subscribe?.[list] ?? [], `${where}: ${list}`);
}

/** What an executor gets to see: everything but ERROR and HEARTBEAT. */
const isShown = (step: Step) => !['ERROR', 'HEARTBEAT'].includes(String((step.json as ExecutorEvent).type));

function agentVariables(exchange: Exchange, port: number, socketPath: string) {
  const isSocket = exchange.path.startsWith('/slave(1)/');
  return {
    MESOS_FRAMEWORK_ID: bodyOf(exchange)?.framework_id.value,
    MESOS_EXECUTOR_ID: bodyOf(exchange)?.executor_id.value,
    MESOS_SLAVE_PID: `slave(1)@127.0.0.1:${port}`,
    MESOS_AGENT_ENDPOINT: `127.0.0.1:${port}`,
    MESOS_CHECKPOINT: '0',
    ...(isSocket ? { MESOS_DOMAIN_SOCKET: socketPath } : {}),
  };
}

interface Played {
  readonly events: number;
  readonly calls: number;
}

async function playStream(
  scenario: Scenario,
  subscribe: Exchange,
  framing: Framing,
  socketPath: string,
): Promise<Played> {
  const where = `${scenario.id} step ${subscribe.at}`;
  const isSocket = subscribe.path.startsWith('/slave(1)/');
  const server = await replayServer(isSocket ? socketPath : undefined);
  const clock = manualClock();
  const events: Inbox<ExecutorEvent> = inbox();
  const disconnects: string[] = [];
  const driver = executorDriver({
    environment: takeExecutorEnvironment(agentVariables(subscribe, server.port || 1, socketPath)),
    clock,
    random: seededRandom(1),
    log: silentLogger,
    on: events.put,
    onDisconnected: (reason) => disconnects.push(reason),
  });
  const outcomes = new Map<string, Promise<unknown>>();
  const answers = new Map<string, number | undefined>();
  const calls = callsOf(subscribe, exchangesOf(scenario));
  let hadShutdown = false;

  const playCall = async (exchange: Exchange) => {
    const at = `${scenario.id} step ${exchange.at}`;
    const call = bodyOf(exchange) as ExecutorCall;
    const status = call.update?.status;
    const { uuid } = status ?? {};
    const isAgain = uuid !== undefined && answers.get(uuid) === 503;
    const sent = status
      ? isAgain
        ? undefined
        : driver.update(status)
      : driver.message(Buffer.from(call.message?.data ?? '', 'base64'));
    const outcome = sent?.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (uuid) answers.set(uuid, exchange.status);
    if (uuid && outcome) outcomes.set(uuid, outcome);
    // A repeated update is the driver's own retry.
    while (isAgain && server.waiting() === 0) {
      clock.advance(100);
      await turn();
    }
    const received = await server.next();
    checkRequest(received, exchange, at);
    const text = exchange.responseBody?.text ?? '';
    received.answer(exchange.status as number, headersOf(exchange), text);
    if (exchange.status === 202 && call.type === 'MESSAGE') assert.is(await outcome, undefined, at);
    if (exchange.status === 400) assert.equal(refusalOf(await outcome), { status: 400, text }, at);
  };

  try {
    driver.start();
    const request = await server.next();
    checkRequest(request, subscribe, where);
    const stream = request.stream({ ...headersOf(subscribe), 'Content-Type': 'application/json' });
    const timeline = [
      ...subscribe.records.map(({ at, step }) => ({ at, step, call: undefined })),
      ...calls.map((call) => ({ at: call.at, step: undefined, call })),
    ].sort((a, b) => a.at - b.at);
    for (let i = 0; i < timeline.length; ) {
      const { call } = timeline[i] as (typeof timeline)[number];
      if (call) {
        await playCall(call);
        i++;
        continue;
      }
      const run: Step[] = [];
      for (let step = timeline[i]?.step; step; step = timeline[++i]?.step) run.push(step);
      framing(stream, run.map(asJson), 'ExecutorEvent');
      for (const step of run.filter(isShown)) {
        // Two executors of a scenario may share the name of a connection: the second SHUTDOWN is the other one's.
        const isShutdown = (step.json as ExecutorEvent).type === 'SHUTDOWN';
        if (isShutdown && hadShutdown) continue;
        hadShutdown ||= isShutdown;
        assert.equal(await events.next(), asJson(step).json, where);
      }
    }
    for (const { step } of subscribe.records) {
      const uuid = (step.json as ExecutorEvent).acknowledged?.uuid;
      if (uuid && outcomes.has(uuid)) assert.is(await outcomes.get(uuid), undefined, `${where}: ${uuid}`);
    }
    if (subscribe.end === 'last-chunk') stream.end();
    else stream.cut();
    if (!hadShutdown)
      assert.equal(await events.next(), { type: 'SHUTDOWN' }, `${where}: no checkpoint, no agent`);
    await stream.closed;
    assert.is(events.waiting, 0, `${where}: nothing else came`);
    assert.is(server.waiting(), 0, `${where}: the driver sent nothing else`);
  } finally {
    await driver.stop();
    await server.close();
  }
  await Promise.all(outcomes.values());
  assert.is(clock.pending(), 0, `${where}: no timer is left`);
  return { events: subscribe.records.length, calls: calls.length };
}

/** The same record for a driver that asked for JSON. */
const asJson = (step: Step): Step => {
  if (step.base64 === undefined) return step;
  const json = JSON.parse(toJson('ExecutorEvent', withNumbers('ExecutorEvent', step.json) as ExecutorEvent));
  const { base64: _, chunks: __, ...rest } = step;
  return { ...rest, json };
};

/** Lets sockets have their turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const all = scenarios();
const streams = all.flatMap((scenario) =>
  exchangesOf(scenario)
    .filter((exchange) => isFirstSubscribe(exchange) && exchange.status === 200)
    .map((exchange) => ({ scenario, exchange })),
);
const refusals = all.flatMap((scenario) =>
  exchangesOf(scenario)
    .filter((exchange) => isFirstSubscribe(exchange) && exchange.status !== 200)
    .map((exchange) => ({ scenario, exchange })),
);

for (const [name, framing] of [
  ['in the recorded chunks', () => recordedChunks],
  ['cut anywhere', (seed: number) => oddChunks(seededRandom(seed))],
] as const)
  test(`every stream gives its events in order and sends its calls, ${name}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aurora-executor-'));
    let events = 0;
    let calls = 0;
    try {
      for (const [index, { scenario, exchange }] of streams.entries()) {
        const played = await playStream(scenario, exchange, framing(index), join(folder, `${index}.sock`));
        events += played.events;
        calls += played.calls;
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    assert.ok(streams.length > 60 && events > 300 && calls > 150, `${streams.length} ${events} ${calls}`);
    if (framing(0) !== recordedChunks) return;
    count(
      'golden/mesos against the executor driver: scenarios',
      new Set(streams.map((s) => s.scenario.id)).size,
    );
    count('golden/mesos against the executor driver: streams', streams.length);
    count('golden/mesos against the executor driver: events', events);
    count('golden/mesos against the executor driver: calls', calls);
  }, 60_000);

test('an executor that its agent does not know shuts down', async () => {
  for (const { scenario, exchange } of refusals) {
    const where = `${scenario.id} step ${exchange.at}`;
    const server = await replayServer();
    const events: Inbox<ExecutorEvent> = inbox();
    const clock = manualClock();
    const driver = executorDriver({
      environment: takeExecutorEnvironment(agentVariables({ ...exchange, path: '' }, server.port, '')),
      clock,
      random: seededRandom(1),
      log: silentLogger,
      on: events.put,
    });
    driver.start();
    const request = await server.next();
    request.answer(exchange.status as number, headersOf(exchange), exchange.responseBody?.text);
    assert.equal(await events.next(), { type: 'SHUTDOWN' }, where);
    assert.is(clock.pending(), 0, where);
    await driver.stop();
    await server.close();
  }
  assert.ok(refusals.length >= 3);
  count('golden/mesos against the executor driver: refused subscriptions', refusals.length);
});

test.run();
