import { silentLogger } from '../../src/base/log.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import {
  type ExecutorCall,
  type ExecutorEvent,
  encodeRecord,
  executorDriver,
  refusalOf,
  type TaskStatus,
  takeExecutorEnvironment,
} from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';
import { inbox } from './inbox.ts';
import { type ReplayServer, type ReplayStream, replayServer } from './replay-server.ts';
import { scenarios } from './transcript.ts';

const test = suite('executor driver');

const subscribed = { type: 'SUBSCRIBED' } as ExecutorEvent;
const launch = (id: string): ExecutorEvent => ({
  type: 'LAUNCH',
  launch: { task: { name: id, task_id: { value: id }, agent_id: { value: 'a' } } },
});
const send = (stream: ReplayStream, event: ExecutorEvent) =>
  stream.write(encodeRecord(Buffer.from(JSON.stringify(event))));
const running: TaskStatus = { task_id: { value: 't1' }, state: 'TASK_RUNNING' };

interface World {
  readonly server: ReplayServer;
  readonly driver: ReturnType<typeof executorDriver>;
  readonly clock: ReturnType<typeof manualClock>;
  readonly events: ReturnType<typeof inbox<ExecutorEvent>>;
  readonly lost: ReturnType<typeof inbox<string>>;
  readonly pauses: ReturnType<typeof inbox<number>>;
  /** Answers the next SUBSCRIBE; returns it with the stream. */
  subscribe(): Promise<{ readonly call: ExecutorCall; readonly stream: ReplayStream }>;
  /** The next UPDATE, answered with `status`. */
  updated(status?: number, text?: string): Promise<TaskStatus>;
}

async function inWorld(variables: Record<string, string>, act: (world: World) => Promise<void>) {
  const server = await replayServer();
  const clock = manualClock();
  const events = inbox<ExecutorEvent>();
  const lost = inbox<string>();
  const pauses = inbox<number>();
  const environment = takeExecutorEnvironment({
    MESOS_FRAMEWORK_ID: 'f',
    MESOS_EXECUTOR_ID: 'e',
    MESOS_AGENT_ENDPOINT: `127.0.0.1:${server.port}`,
    ...variables,
  });
  const driver = executorDriver({
    environment,
    clock,
    random: seededRandom(9),
    log: {
      ...silentLogger,
      info: (fields, text) => {
        if (text === 'subscribing to the agent again') pauses.put((fields as { waitMs: number }).waitMs);
      },
    },
    on: events.put,
    onDisconnected: lost.put,
  });
  const subscribe = async () => {
    const request = await server.next();
    const call = JSON.parse(request.body.toString()) as ExecutorCall;
    assert.is(call.type, 'SUBSCRIBE');
    const stream = request.stream({ 'Content-Type': 'application/json' });
    send(stream, subscribed);
    assert.is((await events.next()).type, 'SUBSCRIBED');
    return { call, stream };
  };
  const updated = async (status = 202, text = '') => {
    const request = await server.next();
    const call = JSON.parse(request.body.toString()) as ExecutorCall;
    assert.is(call.type, 'UPDATE');
    request.answer(status, {}, text);
    return call.update?.status as TaskStatus;
  };
  try {
    driver.start();
    await act({ server, driver, clock, events, lost, pauses, subscribe, updated });
  } finally {
    await driver.stop();
    await server.close();
  }
  assert.is(clock.pending(), 0, 'no timer is left');
}

const CHECKPOINT = {
  MESOS_CHECKPOINT: '1',
  MESOS_RECOVERY_TIMEOUT: '1mins',
  MESOS_SUBSCRIPTION_BACKOFF_MAX: '2secs',
};

const acknowledge = (stream: ReplayStream, { uuid, task_id }: TaskStatus) =>
  send(stream, { type: 'ACKNOWLEDGED', acknowledged: { task_id, uuid: uuid as string } });

test('fills in what an agent insists on', () =>
  inWorld({}, async ({ driver, subscribe, updated, clock }) => {
    const { stream } = await subscribe();
    const stored = driver.update(running);
    const status = await updated();
    assert.is(status.source, 'SOURCE_EXECUTOR');
    assert.is(Buffer.from(status.uuid ?? '', 'base64').length, 16);
    assert.is(status.timestamp, clock.nowMs() / 1_000);
    acknowledge(stream, status);
    await stored;
    assert.is(driver.unacknowledged(), 0);
  }));

test('sends updates in order, each when the one before was answered', () =>
  inWorld({}, async ({ driver, server, subscribe }) => {
    await subscribe();
    const states = ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'] as const;
    for (const state of states) driver.update({ task_id: { value: 't' }, state }).catch(() => {});
    for (const state of states) {
      const request = await server.next();
      assert.is(server.waiting(), 0);
      assert.is(JSON.parse(request.body.toString()).update.status.state, state);
      request.answer(202, {});
    }
    assert.is(driver.unacknowledged(), 3);
  }));

test('sends an update again until it is acknowledged', () =>
  inWorld({}, async ({ driver, clock, server, subscribe, updated }) => {
    const { stream } = await subscribe();
    const stored = driver.update(running);
    const first = await updated();
    while (server.waiting() === 0) {
      clock.advance(200);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const second = await updated();
    assert.equal(second, first, 'with the same uuid and time');
    acknowledge(stream, first);
    await stored;
  }));

test('gives up an update that the agent refuses, and goes on with the next', () =>
  inWorld({}, async ({ driver, subscribe, updated }) => {
    const { stream } = await subscribe();
    const bad = driver.update({ ...running, state: 'TASK_STAGING' }).catch((error: unknown) => error);
    const good = driver.update(running);
    await updated(400, 'not allowed');
    assert.equal(refusalOf(await bad), { status: 400, text: 'not allowed' });
    acknowledge(stream, await updated());
    await good;
  }));

test('holds updates back until it is subscribed', () =>
  inWorld({}, async ({ driver, server, subscribe, updated }) => {
    const stored = driver.update(running);
    const { stream, call } = await subscribe();
    assert.is(call.subscribe?.unacknowledged_updates?.length ?? 0, 0);
    acknowledge(stream, await updated());
    await stored;
    assert.is(server.waiting(), 0);
  }));

test('comes back to a restarted agent with what was not acknowledged', () =>
  inWorld(CHECKPOINT, async ({ driver, clock, server, subscribe, updated, lost, pauses, events }) => {
    const first = await subscribe();
    for (const id of ['t1', 't2']) send(first.stream, launch(id));
    for (const id of ['t1', 't2']) assert.is((await events.next()).launch?.task.task_id.value, id);
    const stored = driver.update(running);
    acknowledge(first.stream, await updated());
    await stored;
    assert.is((await events.next()).type, 'ACKNOWLEDGED');
    const pending = driver.update({ ...running, state: 'TASK_FINISHED' });
    const status = await updated();
    first.stream.cut();
    await lost.next();
    assert.ok((await pauses.next()) <= 1_000);
    clock.advance(2_000);
    const request = await server.next();
    const again = JSON.parse(request.body.toString()) as ExecutorCall;
    assert.equal(
      again.subscribe?.unacknowledged_tasks?.map(({ task_id }) => task_id.value),
      ['t2'],
    );
    assert.equal(again.subscribe?.unacknowledged_updates, [{ status }]);
    const stream = request.stream({});
    send(stream, subscribed);
    assert.is((await events.next()).type, 'SUBSCRIBED');
    acknowledge(stream, status);
    await pending;
    assert.is(lost.waiting, 0);
  }));

test('keeps trying for the recovery timeout, then tells the executor to shut down, once', () =>
  inWorld(CHECKPOINT, async ({ clock, server, subscribe, lost, pauses, events }) => {
    const { stream } = await subscribe();
    await server.close();
    stream.cut();
    await lost.next();
    let tries = 0;
    while (events.waiting === 0) {
      if (pauses.waiting > 0) {
        assert.ok((await pauses.next()) <= 1_000, 'in half of the time that the agent gives at most');
        clock.runNext();
        tries++;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(await events.next(), { type: 'SHUTDOWN' });
    assert.ok(tries >= 60, `a try at least every second: ${tries}`);
    assert.is(clock.monotonicMs(), 60_000);
    assert.is(clock.pending(), 0);
  }));

test('shuts down at once when it loses its agent without checkpointing', () =>
  inWorld({}, async ({ subscribe, lost, events, clock }) => {
    (await subscribe()).stream.cut();
    await lost.next();
    assert.equal(await events.next(), { type: 'SHUTDOWN' });
    assert.is(clock.pending(), 0);
  }));

test('is patient with an agent that recovers', () =>
  inWorld({}, async ({ server, pauses, clock, subscribe }) => {
    for (const status of [404, 503]) {
      (await server.next()).answer(status, {}, 'Agent has not finished recovery');
      await pauses.next();
      clock.runNext();
    }
    await subscribe();
  }));

test('passes a SHUTDOWN on that comes as the first record, and still takes last words', () =>
  inWorld(CHECKPOINT, async ({ server, events, driver, updated }) => {
    const stream = (await server.next()).stream({});
    send(stream, { type: 'SHUTDOWN' });
    assert.equal(await events.next(), { type: 'SHUTDOWN' });
    const stored = driver.update({ ...running, state: 'TASK_KILLED' });
    acknowledge(stream, await updated());
    await stored;
  }));

test('takes an ERROR record as a lost stream', () =>
  inWorld(CHECKPOINT, async ({ subscribe, lost, clock, pauses }) => {
    send((await subscribe()).stream, { type: 'ERROR', error: { message: 'gone' } });
    assert.is(await lost.next(), 'gone');
    await pauses.next();
    clock.runNext();
    await subscribe();
  }));

test('waits for ever on a silent stream', () =>
  inWorld({}, async ({ subscribe, clock, lost }) => {
    await subscribe();
    clock.advance(86_400_000);
    assert.is(lost.waiting, 0);
  }));

test('rejects what is on the way when it is stopped', () =>
  inWorld({}, async ({ driver, subscribe }) => {
    await subscribe();
    const outcome = driver.update(running).catch((error: unknown) => String(error));
    await driver.stop();
    assert.match(String(await outcome), /a status update was given up: the driver was stopped/);
  }));

test('shows its token with every request and hides it from its children', async () => {
  const variables: Record<string, string> = { MESOS_EXECUTOR_AUTHENTICATION_TOKEN: 'jwt' };
  await inWorld(variables, async ({ server, driver }) => {
    const subscribe = await server.next();
    assert.is(subscribe.headers.authorization, 'Bearer jwt');
    send(subscribe.stream({}), subscribed);
    driver.update(running).catch(() => {});
    assert.is((await server.next()).headers.authorization, 'Bearer jwt');
  });
  const env: Record<string, string | undefined> = {
    ...variables,
    MESOS_FRAMEWORK_ID: 'f',
    MESOS_EXECUTOR_ID: 'e',
    MESOS_AGENT_ENDPOINT: 'h:1',
  };
  assert.is(takeExecutorEnvironment(env).authenticationToken, 'jwt');
  assert.not('MESOS_EXECUTOR_AUTHENTICATION_TOKEN' in env);
});

test('reads the recorded environments', () => {
  const recorded = scenarios()
    .flatMap(({ steps }) => steps)
    .flatMap(({ env }) => (env ? [env] : []))
    .filter((env) => env.MESOS_EXECUTOR_ID !== undefined);
  assert.ok(recorded.length > 0);
  for (const env of recorded) {
    const read = takeExecutorEnvironment({ ...env });
    assert.is(read.executorId, env.MESOS_EXECUTOR_ID);
    assert.is(read.checkpoint, env.MESOS_CHECKPOINT === '1');
    assert.is(read.shutdownGraceMs, 5_000);
    assert.is(read.recoveryTimeoutMs, 900_000);
    if (!env.MESOS_DOMAIN_SOCKET) assert.is(read.path, '/api/v1/executor');
    else
      assert.equal(
        [read.agent, read.path],
        [{ socketPath: env.MESOS_DOMAIN_SOCKET }, '/slave(1)/api/v1/executor'],
      );
  }
});

test('derives the agent from its pid, IPv6 included', () => {
  const env = { MESOS_FRAMEWORK_ID: 'f', MESOS_EXECUTOR_ID: 'e', MESOS_SLAVE_PID: 'slave(2)@[::1]:5051' };
  const read = takeExecutorEnvironment(env);
  assert.equal(read.agent, { host: '::1', port: 5051 });
  assert.is(read.path, '/slave(2)/api/v1/executor');
});

for (const [what, env] of [
  ['MESOS_AGENT_ENDPOINT is not set', { MESOS_FRAMEWORK_ID: 'f', MESOS_EXECUTOR_ID: 'e' }],
  ['MESOS_FRAMEWORK_ID is not set', { MESOS_AGENT_ENDPOINT: 'h:1', MESOS_EXECUTOR_ID: 'e' }],
  ['MESOS_SLAVE_PID is "x"', { MESOS_FRAMEWORK_ID: 'f', MESOS_EXECUTOR_ID: 'e', MESOS_SLAVE_PID: 'x' }],
] as const)
  test(`says that ${what}`, () => {
    assert.throws(
      () => takeExecutorEnvironment({ ...env }),
      (error: Error) => error.message.includes(what),
    );
  });

test.run();
