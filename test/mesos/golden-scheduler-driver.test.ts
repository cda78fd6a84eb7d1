import { silentLogger } from '../../src/base/log.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import {
  parseProtobuf,
  refusalOf,
  type SchedulerCall,
  type SchedulerDriver,
  type SchedulerEvent,
  schedulerDriver,
  staticDetector,
} from '../../src/mesos/index.ts';
import { assert, count, suite } from '../harness/index.ts';
import { type Framing, oddChunks, recordedChunks } from './framing.ts';
import { inbox } from './inbox.ts';
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

const test = suite('golden/mesos against the scheduler driver');

const CONTENT_TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' } as const;

const bodyOf = (exchange: Exchange): SchedulerCall | undefined => {
  const json = exchange.requestBody?.json;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return withNumbers('SchedulerCall', json) as SchedulerCall;
};

const encodingOf = (exchange: Exchange): 'json' | 'protobuf' | undefined => {
  const type = exchange.requestHeaders.get('content-type');
  if (type !== exchange.requestHeaders.get('accept')) return undefined;
  if (type === CONTENT_TYPES.json) return exchange.requestBody?.base64 ? undefined : 'json';
  return type === CONTENT_TYPES.protobuf && exchange.requestBody?.base64 ? 'protobuf' : undefined;
};

const isPlainPost = (exchange: Exchange) =>
  exchange.method === 'POST' &&
  exchange.path === '/api/v1/scheduler' &&
  exchange.requestHeaders.has('content-length') &&
  exchange.status !== undefined;

/** Well-formed HTTP Basic, or nothing. */
const hasCredentialsOrNone = (exchange: Exchange): boolean => {
  const value = exchange.requestHeaders.get('authorization');
  if (value === undefined) return true;
  const text = Buffer.from(value.replace(/^Basic /, ''), 'base64').toString();
  return text.includes(':') && value === `Basic ${Buffer.from(text).toString('base64')}`;
};

/** A SUBSCRIBE that a driver can be made to send; the others are odd on purpose. */
const isSubscribe = (exchange: Exchange): boolean => {
  const call = bodyOf(exchange);
  const info = call?.subscribe?.framework_info;
  return (
    isPlainPost(exchange) &&
    encodingOf(exchange) !== undefined &&
    call?.type === 'SUBSCRIBE' &&
    info !== undefined &&
    info.id?.value === call.framework_id?.value &&
    hasCredentialsOrNone(exchange) &&
    !exchange.requestHeaders.has('mesos-stream-id')
  );
};

/** Calls that belong to a subscription and that its driver can be made to send. */
const callsOf = (subscribe: Exchange, all: readonly Exchange[]): Exchange[] => {
  const streamId = headerOf(subscribe, 'mesos-stream-id');
  const frameworkId = (subscribe.records[0]?.step.json as SchedulerEvent | undefined)?.subscribed
    ?.framework_id.value;
  return all.filter(
    (exchange) =>
      isPlainPost(exchange) &&
      exchange.at > subscribe.at &&
      exchange.at < subscribe.endAt + 1 &&
      encodingOf(exchange) === encodingOf(subscribe) &&
      exchange.requestHeaders.get('mesos-stream-id') === streamId &&
      exchange.requestHeaders.get('authorization') === subscribe.requestHeaders.get('authorization') &&
      frameworkId !== undefined &&
      typeof bodyOf(exchange)?.type !== 'number' &&
      bodyOf(exchange)?.framework_id?.value === frameworkId,
  );
};

const headerOf = (exchange: Exchange, name: string): string | undefined =>
  exchange.responseHead?.headers?.find(([header]) => header.toLowerCase() === name)?.[1];

const answerHeaders = (exchange: Exchange): Record<string, string> =>
  Object.fromEntries(
    (exchange.responseHead?.headers ?? []).filter(
      ([name]) => !['transfer-encoding', 'content-length'].includes(name.toLowerCase()),
    ),
  );

function checkRequest(received: Received, exchange: Exchange, where: string) {
  assert.is(received.method, exchange.method, where);
  assert.is(received.path, exchange.path, where);
  for (const name of ['content-type', 'accept', 'mesos-stream-id', 'authorization'])
    assert.is(received.headers[name], exchange.requestHeaders.get(name), `${where}: ${name}`);
  assert.is(received.headers['content-length'], String(received.body.length), where);
  if (encodingOf(exchange) === 'protobuf') {
    assert.equal(parseProtobuf('SchedulerCall', received.body), bodyOf(exchange), where);
    assert.is(received.body.toString('base64'), exchange.requestBody?.base64, where);
  } else assert.equal(JSON.parse(received.body.toString()), exchange.requestBody?.json, where);
}

interface World {
  readonly driver: SchedulerDriver;
  readonly events: ReturnType<typeof inbox<SchedulerEvent>>;
  readonly errors: ReturnType<typeof inbox<string>>;
  readonly disconnects: string[];
  /** Texts that the driver logs when it is going to try again. */
  readonly retries: string[];
  readonly clock: ReturnType<typeof manualClock>;
}

/** A driver that would send the recorded SUBSCRIBE. */
function driverFor(subscribe: Exchange, port: number): World {
  const call = bodyOf(subscribe) as SchedulerCall;
  const secret = subscribe.requestHeaders.get('authorization')?.replace(/^Basic /, '');
  const [principal = '', ...rest] = Buffer.from(secret ?? '', 'base64')
    .toString()
    .split(':');
  const events = inbox<SchedulerEvent>();
  const errors = inbox<string>();
  const disconnects: string[] = [];
  const retries: string[] = [];
  const clock = manualClock();
  const driver = schedulerDriver({
    detector: staticDetector({ host: '127.0.0.1', port }),
    frameworkInfo: call.subscribe?.framework_info as never,
    suppressedRoles: () => call.subscribe?.suppressed_roles ?? [],
    encoding: encodingOf(subscribe),
    credentials: secret === undefined ? undefined : { principal, secret: rest.join(':') },
    clock,
    random: seededRandom(1),
    log: { ...silentLogger, info: (_, text) => text.startsWith('subscribing again') && retries.push(text) },
    on: events.put,
    onDisconnected: (reason) => disconnects.push(reason),
    onError: errors.put,
  });
  return { driver, events, errors, disconnects, retries, clock };
}

async function expectEvents(world: World, records: readonly Step[], where: string) {
  for (const step of records) {
    const expected = withNumbers('SchedulerEvent', step.json) as SchedulerEvent;
    if (expected.type === 'ERROR') assert.is(await world.errors.next(), expected.error?.message, where);
    else assert.equal(await world.events.next(), expected, where);
  }
}

async function playCall(world: World, received: Promise<Received>, exchange: Exchange, where: string) {
  const { framework_id: _, ...call } = bodyOf(exchange) as SchedulerCall;
  const sent = world.driver.send(call);
  const outcome = sent.then(
    () => undefined,
    (error: unknown) => error,
  );
  const request = await received;
  checkRequest(request, exchange, where);
  const text = exchange.responseBody?.text ?? '';
  request.answer(exchange.status as number, answerHeaders(exchange), text);
  const error = await outcome;
  if (exchange.status === 202 || exchange.status === 200) assert.is(error, undefined, where);
  else assert.equal(refusalOf(error), { status: exchange.status, text }, where);
}

/** Plays one accepted subscription with its events and calls in the recorded order; returns how many of each. */
async function playSession(scenario: Scenario, subscribe: Exchange, framing: Framing) {
  const where = `${scenario.id} step ${subscribe.at}`;
  const server = await replayServer();
  const world = driverFor(subscribe, server.port);
  const calls = callsOf(subscribe, exchangesOf(scenario));
  try {
    world.driver.start();
    const request = await server.next();
    checkRequest(request, subscribe, where);
    const stream = request.stream(answerHeaders(subscribe));
    const timeline = [
      ...subscribe.records.map(({ at, step }) => ({ at, step, call: undefined })),
      ...calls.map((call) => ({ at: call.at, step: undefined, call })),
    ].sort((a, b) => a.at - b.at);
    for (let i = 0; i < timeline.length; ) {
      const { call } = timeline[i] as (typeof timeline)[number];
      if (call) {
        await playCall(world, server.next(), call, `${scenario.id} step ${call.at}`);
        i++;
        continue;
      }
      const run: Step[] = [];
      for (let step = timeline[i]?.step; step; step = timeline[++i]?.step) run.push(step);
      framing(stream, run, 'SchedulerEvent');
      await expectEvents(world, run, where);
    }
    const failed = subscribe.records.some(({ step }) => (step.json as SchedulerEvent).type === 'ERROR');
    const wasSubscribed =
      (subscribe.records[0]?.step.json as SchedulerEvent | undefined)?.type === 'SUBSCRIBED';
    if (subscribe.end === 'last-chunk') stream.end();
    else if (subscribe.end === 'server-close') stream.cut();
    else await world.driver.stop();
    await stream.closed;
    if (subscribe.end !== 'open' && subscribe.end !== 'client-close') {
      if (!failed) await untilOnce(() => world.disconnects.length > 0);
      assert.is(world.disconnects.length, wasSubscribed ? 1 : 0, `${where}: told once`);
    }
    assert.is(world.events.waiting + world.errors.waiting, 0, `${where}: nothing else came`);
    assert.is(server.waiting(), 0, `${where}: the driver sent nothing else`);
    if (failed) assert.is(world.clock.pending(), 0, `${where}: nothing is tried again`);
  } finally {
    await world.driver.stop();
    await server.close();
  }
  assert.is(world.clock.pending(), 0, `${where}: no timer is left`);
  return { events: subscribe.records.length, calls: calls.length };
}

/** Lets the event loop turn until something that the socket brings about has happened. */
async function untilOnce(happened: () => boolean) {
  while (!happened()) await new Promise((resolve) => setImmediate(resolve));
}

/** Plays a SUBSCRIBE that was answered with something else than 200. */
async function playRefusal(scenario: Scenario, subscribe: Exchange) {
  const where = `${scenario.id} step ${subscribe.at}`;
  const server = await replayServer();
  const other = await replayServer();
  const world = driverFor(subscribe, server.port);
  try {
    world.driver.start();
    const request = await server.next();
    checkRequest(request, subscribe, where);
    const { status } = subscribe;
    const text = subscribe.responseBody?.text ?? '';
    const location = headerOf(subscribe, 'location')?.replace(/^\/\/[^/]*/, `//127.0.0.1:${other.port}`);
    request.answer(
      status as number,
      { ...answerHeaders(subscribe), ...(location ? { Location: location } : {}) },
      text,
    );
    if (status === 307) {
      const followed = await other.next();
      assert.is(followed.path, '/master/api/v1/scheduler', where);
      assert.is(followed.body.toString('base64'), request.body.toString('base64'), where);
    } else if (status === 404 || status === 503) {
      await untilOnce(() => world.retries.length === 1);
      assert.ok(world.clock.runNext());
      checkRequest(await server.next(), subscribe, `${where}: asked again`);
    } else {
      assert.is(await world.errors.next(), `SUBSCRIBE was refused with ${status}: ${text}`, where);
      assert.is(world.clock.pending(), 0, where);
    }
    assert.is(world.disconnects.length, 0, where);
  } finally {
    await world.driver.stop();
    await server.close();
    await other.close();
  }
}

const all = scenarios();
const subscribes = all.flatMap((scenario) =>
  exchangesOf(scenario)
    .filter((exchange) => apiOf(exchange)?.call === 'SchedulerCall' && isSubscribe(exchange))
    .map((exchange) => ({ scenario, exchange })),
);
const sessions = subscribes.filter(({ exchange }) => exchange.status === 200);
const refusals = subscribes.filter(({ exchange }) => exchange.status !== 200);

for (const [name, framing] of [
  ['in the recorded chunks', () => recordedChunks],
  ['cut anywhere', (seed: number) => oddChunks(seededRandom(seed))],
] as const)
  test(`every subscription gives its events in order and sends its calls, ${name}`, async () => {
    let events = 0;
    let calls = 0;
    for (const [index, { scenario, exchange }] of sessions.entries()) {
      const played = await playSession(scenario, exchange, framing(index));
      events += played.events;
      calls += played.calls;
    }
    assert.ok(sessions.length > 100 && events > 700 && calls > 600, `${sessions.length} ${events} ${calls}`);
    if (framing(0) !== recordedChunks) return;
    count(
      'golden/mesos against the scheduler driver: scenarios',
      new Set(sessions.map((s) => s.scenario.id)).size,
    );
    count('golden/mesos against the scheduler driver: subscriptions', sessions.length);
    count('golden/mesos against the scheduler driver: events', events);
    count('golden/mesos against the scheduler driver: calls', calls);
  }, 60_000);

test('every refused SUBSCRIBE is followed, repeated or reported', async () => {
  for (const { scenario, exchange } of refusals) await playRefusal(scenario, exchange);
  assert.ok(refusals.length > 10, `${refusals.length}`);
  count('golden/mesos against the scheduler driver: refused subscriptions', refusals.length);
}, 30_000);

test.run();
