import { type AddressInfo, createServer } from 'node:net';
import { silentLogger } from '../../src/base/log.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import {
  encodeRecord,
  type MasterAddress,
  type MasterDetector,
  refusalOf,
  type SchedulerCall,
  type SchedulerDriverOptions,
  type SchedulerEvent,
  schedulerDriver,
  staticDetector,
  toJson,
} from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';
import { inbox } from './inbox.ts';
import { type ReplayServer, type ReplayStream, replayServer } from './replay-server.ts';
import { bytesOf, scenarios } from './transcript.ts';

const test = suite('scheduler driver');

const ID = 'f-0000';
const subscribed = (frameworkId = ID): SchedulerEvent => ({
  type: 'SUBSCRIBED',
  subscribed: { framework_id: { value: frameworkId }, heartbeat_interval_seconds: 15 },
});
const send = (stream: ReplayStream, event: SchedulerEvent) =>
  stream.write(encodeRecord(Buffer.from(toJson('SchedulerEvent', event))));
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A detector that says what the test says. */
function scriptedDetector(): MasterDetector & {
  say(leader: MasterAddress | undefined): void;
  watched(): boolean;
} {
  let listener: ((leader: MasterAddress | undefined) => void) | undefined;
  return {
    watch(next) {
      listener = next;
      return async () => {
        listener = undefined;
      };
    },
    say: (leader) => listener?.(leader),
    watched: () => listener !== undefined,
  };
}

interface World {
  readonly server: ReplayServer;
  readonly driver: ReturnType<typeof schedulerDriver>;
  readonly clock: ReturnType<typeof manualClock>;
  readonly detector: ReturnType<typeof scriptedDetector>;
  readonly events: ReturnType<typeof inbox<SchedulerEvent>>;
  readonly lost: ReturnType<typeof inbox<string>>;
  readonly errors: ReturnType<typeof inbox<string>>;
  /** Length of every pause before it tries again, in milliseconds. */
  readonly pauses: ReturnType<typeof inbox<number>>;
  /** Answers the next SUBSCRIBE. */
  subscribe(frameworkId?: string): Promise<ReplayStream>;
}

async function inWorld(act: (world: World) => Promise<void>, options: Partial<SchedulerDriverOptions> = {}) {
  const server = await replayServer();
  const clock = manualClock();
  const detector = scriptedDetector();
  const events = inbox<SchedulerEvent>();
  const lost = inbox<string>();
  const errors = inbox<string>();
  const pauses = inbox<number>();
  const driver = schedulerDriver({
    detector,
    frameworkInfo: { user: 'root', name: 'aurora' },
    clock,
    random: seededRandom(5),
    log: {
      ...silentLogger,
      info: (fields, text) => {
        if (text.startsWith('subscribing again')) pauses.put((fields as { waitMs: number }).waitMs);
      },
    },
    on: events.put,
    onDisconnected: lost.put,
    onError: errors.put,
    ...options,
  });
  const subscribe = async (frameworkId?: string) => {
    const request = await server.next();
    assert.is(JSON.parse(request.body.toString()).type, 'SUBSCRIBE');
    const stream = request.stream({ 'Mesos-Stream-Id': 's-1', 'Content-Type': 'application/json' });
    send(stream, subscribed(frameworkId));
    assert.is((await events.next()).type, 'SUBSCRIBED');
    return stream;
  };
  try {
    driver.start();
    detector.say({ host: '127.0.0.1', port: server.port });
    await act({ server, driver, clock, detector, events, lost, errors, pauses, subscribe });
  } finally {
    await driver.stop();
    await server.close();
  }
  assert.is(clock.pending(), 0, 'no timer is left');
  assert.not(detector.watched(), 'the detector is let go');
}

const decline: SchedulerCall = { type: 'DECLINE', decline: { offer_ids: [{ value: 'o' }] } };

test('counts a master as dead after five heartbeats that did not come, and says so once', () =>
  inWorld(async ({ clock, lost, subscribe, driver, server }) => {
    const stream = await subscribe();
    clock.advance(74_999);
    assert.ok(driver.subscribed());
    clock.advance(1);
    assert.match(await lost.next(), /nothing arrived for 75000 ms/);
    assert.not(driver.subscribed());
    await stream.closed;
    clock.advance(1_000);
    const again = await server.next();
    const call = JSON.parse(again.body.toString()) as SchedulerCall;
    assert.is(call.framework_id?.value, ID, 'it asks for the same framework');
    assert.is(call.subscribe?.framework_info.id?.value, ID);
    assert.is(lost.waiting, 0);
  }));

test('reads many offers some at a time, in order with what follows them', async () => {
  const manual = manualClock();
  // Every look at the clock takes a while, so that the turn is over after a few offers.
  let nowMs = 0;
  const clock = { ...manual, monotonicMs: () => (nowMs += 3) };
  const offers = Array.from({ length: 200 }, (_, at) => ({
    id: { value: `o-${at}` },
    framework_id: { value: ID },
    agent_id: { value: `a-${at}` },
    hostname: 'h',
    executor_ids: [{ value: 'e' }],
  }));
  const fine = async ({ events, lost, subscribe }: World) => {
    const stream = await subscribe();
    send(stream, { type: 'OFFERS', offers: { offers } });
    send(stream, { type: 'HEARTBEAT' });
    const seen: string[] = [];
    for (let parts = 0; ; parts++) {
      while (events.waiting === 0) {
        await turn();
        manual.advance(1);
      }
      const event = await events.next();
      if (event.type === 'HEARTBEAT') {
        assert.ok(parts > 2, 'they came in several parts');
        break;
      }
      for (const offer of event.offers?.offers ?? []) {
        assert.not('executor_ids' in offer);
        seen.push(offer.id.value);
      }
    }
    assert.equal(
      seen,
      offers.map(({ id }) => id.value),
    );
    assert.is(lost.waiting, 0);
  };
  await inWorld(fine, { clock, slimOffers: true });
});

test('while the receiver is busy its events wait, and are not lost', async () => {
  let busy = false;
  const fine: Parameters<typeof inWorld>[0] = async ({ clock, subscribe, events, lost }) => {
    const stream = await subscribe();
    busy = true;
    send(stream, { type: 'RESCIND', rescind: { offer_id: { value: 'one' } } });
    send(stream, { type: 'RESCIND', rescind: { offer_id: { value: 'two' } } });
    for (let nth = 0; nth < 20; nth++) {
      await turn();
      clock.advance(1);
    }
    // Longer than five heartbeats, which cannot be read meanwhile.
    clock.advance(100_000);
    assert.is(events.waiting, 0);
    assert.is(lost.waiting, 0);
    busy = false;
    for (let nth = 0; nth < 1_000 && events.waiting < 2; nth++) {
      await turn();
      clock.advance(1);
    }
    assert.is((await events.next()).rescind?.offer_id.value, 'one');
    assert.is((await events.next()).rescind?.offer_id.value, 'two');
    assert.is(lost.waiting, 0);
  };
  await inWorld(fine, { isBusy: () => busy });
});

test('takes any record as a sign of life', () =>
  inWorld(async ({ clock, subscribe, events, driver }) => {
    const stream = await subscribe();
    for (let i = 0; i < 4; i++) {
      clock.advance(60_000);
      send(stream, { type: 'HEARTBEAT' });
      await events.next();
    }
    assert.ok(driver.subscribed());
  }));

test('does not wait for ever for the answer to SUBSCRIBE', () =>
  inWorld(async ({ clock, server, lost }) => {
    await server.next();
    clock.advance(15_000);
    clock.advance(1_000);
    await server.next();
    assert.is(lost.waiting, 0, 'nothing was lost that was never there');
  }));

test('waits longer after every failure, and starts afresh after a success', () =>
  inWorld(async ({ clock, server, subscribe, lost, pauses }) => {
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      (await server.next()).answer(503, {}, 'Master has not finished recovery');
      waits.push(await pauses.next());
      clock.runNext();
    }
    assert.ok((waits[0] as number) >= 500 && (waits[0] as number) <= 1_000, String(waits));
    assert.equal(
      [...waits].sort((x, y) => x - y),
      waits,
    );
    assert.is(waits.at(-1), 15_000);
    const stream = await subscribe();
    stream.cut();
    await lost.next();
    assert.ok((await pauses.next()) <= 1_000);
  }));

test('does not wait for a new leader as long as for the dead one before it', async () => {
  const other = await replayServer();
  await inWorld(async ({ detector, server, clock, pauses }) => {
    for (let i = 0; i < 8; i++) {
      (await server.next()).answer(503, {}, 'Master has not finished recovery');
      await pauses.next();
      if (i < 7) clock.runNext();
    }
    detector.say({ host: '127.0.0.1', port: other.port });
    // It has only just been elected.
    (await other.next()).answer(503, {}, 'Master has not finished recovery');
    assert.ok((await pauses.next()) <= 1_000);
  });
  await other.close();
});

test('is told that it lost the master when the stream ends, and subscribes again', () =>
  inWorld(async ({ clock, subscribe, lost }) => {
    const stream = await subscribe();
    stream.end();
    assert.is(await lost.next(), 'the stream ended');
    clock.runNext();
    const second = await subscribe();
    second.write(Buffer.from('20\n{"type"'));
    second.end();
    assert.is(await lost.next(), 'the stream ended inside a record');
    assert.is(lost.waiting, 0);
  }));

test('takes a stream that is not RecordIO, or not JSON, as lost', () =>
  inWorld(async ({ clock, subscribe, lost }) => {
    (await subscribe()).write(Buffer.from('<html>'));
    assert.match(await lost.next(), /not RecordIO/);
    clock.runNext();
    (await subscribe()).write(encodeRecord(Buffer.from('{"type":')));
    assert.match(await lost.next(), /JSON/);
  }));

test('lets go when the master sends an ERROR', () =>
  inWorld(async ({ subscribe, errors, lost, clock }) => {
    const stream = await subscribe();
    send(stream, { type: 'ERROR', error: { message: 'Framework failed over' } });
    assert.is(await errors.next(), 'Framework failed over');
    assert.is(lost.waiting, 1);
    await stream.closed;
    assert.is(clock.pending(), 0);
  }));

test('what came before the end of a stream counts, also when it is read in a later turn', async () => {
  const manual = manualClock();
  let nowMs = 0;
  const clock = { ...manual, monotonicMs: () => (nowMs += 3) };
  const cutShort = async ({ events, errors, subscribe }: World) => {
    const stream = await subscribe();
    const records = Array.from({ length: 50 }, (): SchedulerEvent => ({ type: 'HEARTBEAT' }));
    const last: SchedulerEvent = { type: 'ERROR', error: { message: 'Framework failed over' } };
    stream.write(
      Buffer.concat(
        [...records, last].map((event) => encodeRecord(Buffer.from(toJson('SchedulerEvent', event)))),
      ),
    );
    stream.end();
    while (errors.waiting === 0) {
      await turn();
      manual.advance(1);
    }
    assert.is(await errors.next(), 'Framework failed over');
    assert.is(events.waiting, records.length);
  };
  await inWorld(cutShort, { clock });
});

test('does not go on under another framework id', () =>
  inWorld(
    async ({ server, errors }) => {
      const request = await server.next();
      send(request.stream({ 'Mesos-Stream-Id': 's' }), subscribed('other'));
      assert.is(await errors.next(), 'subscribed as framework other instead of mine');
    },
    { frameworkInfo: { user: 'root', name: 'aurora', id: { value: 'mine' } } },
  ));

test('refuses an answer without a stream id', () =>
  inWorld(async ({ server, pauses, events }) => {
    (await server.next()).stream({});
    await pauses.next();
    assert.is(events.waiting, 0);
  }));

test('reports what a refused call was answered', () =>
  inWorld(async ({ driver, server, subscribe }) => {
    await subscribe();
    const sent = driver
      .send({ type: 'KILL', kill: { task_id: { value: 't' } } })
      .catch((error: unknown) => error);
    (await server.next()).answer(403, {}, 'Framework is not subscribed');
    const error = await sent;
    assert.equal(refusalOf(error), { status: 403, text: 'Framework is not subscribed' });
    assert.match(String(error), /KILL was refused with 403: Framework is not subscribed/);
  }));

test('rejects calls that get no answer: too late, disconnected, stopped, not subscribed', () =>
  inWorld(async ({ driver, server, clock, subscribe, lost }) => {
    const outcome = async (call: Promise<void>) => String(await call.catch((error: unknown) => error));
    assert.match(await outcome(driver.send(decline)), /DECLINE was not sent: not subscribed/);
    await subscribe();
    const late = outcome(driver.send(decline));
    await server.next();
    clock.advance(30_000);
    assert.match(await late, /not within 30000 ms/);
    await lost.next();
    clock.runNext();
    const stream = await subscribe();
    const dropped = outcome(driver.send(decline));
    await server.next();
    stream.cut();
    await lost.next();
    assert.match(await dropped, /the connection was given up/);
    clock.runNext();
    await subscribe();
    const stopped = outcome(driver.send(decline));
    await server.next();
    await driver.stop();
    assert.match(await stopped, /the connection was given up/);
  }));

test('subscribes anew when calls were lost: the master believes that their offers are still ours', () =>
  inWorld(async ({ driver, server, clock, subscribe, lost }) => {
    await subscribe();
    const sent = driver.send(decline).catch((error: unknown) => String(error));
    (await server.next()).cut();
    assert.match(String(await sent), /no answer to a call/);
    assert.match(await lost.next(), /^calls were lost: /);
    assert.not(driver.subscribed());
    clock.runNext();
    await subscribe();
    const again = driver.send(decline);
    (await server.next()).answer(202, {});
    await again;
  }));

test('goes on when an acknowledgement was lost: its agent sends the update again', () =>
  inWorld(async ({ driver, server, subscribe, lost }) => {
    await subscribe();
    const acknowledge: SchedulerCall = {
      type: 'ACKNOWLEDGE',
      acknowledge: { agent_id: { value: 's' }, task_id: { value: 'a' }, uuid: 'AAAAAAAAAAAAAAAAAAAAAQ==' },
    };
    const sent = driver.send(acknowledge).catch((error: unknown) => String(error));
    (await server.next()).cut();
    assert.match(String(await sent), /no answer to a call/);
    assert.ok(driver.subscribed());
    assert.is(lost.waiting, 0);
  }));

test('sends calls in order over one connection, and acknowledgements beside them', () =>
  inWorld(async ({ driver, server, subscribe }) => {
    await subscribe();
    const calls = ['a', 'b', 'c'].map((id) =>
      driver.send({ type: 'KILL', kill: { task_id: { value: id } } }),
    );
    const acknowledged = driver.send({
      type: 'ACKNOWLEDGE',
      acknowledge: { agent_id: { value: 's' }, task_id: { value: 'a' }, uuid: 'AAAAAAAAAAAAAAAAAAAAAQ==' },
    });
    const order: string[] = [];
    const connections = new Set<number>();
    for (let i = 0; i < 4; i++) {
      const request = await server.next();
      const call = JSON.parse(request.body.toString()) as SchedulerCall;
      if (call.type === 'KILL') {
        order.push(call.kill?.task_id.value ?? '');
        connections.add(request.connection);
      }
      request.answer(202, {});
    }
    await Promise.all([...calls, acknowledged]);
    assert.equal(order, ['a', 'b', 'c']);
    assert.is(connections.size, 1);
  }));

test('goes to the new leader when the detector names one, and waits while there is none', async () => {
  const other = await replayServer();
  await inWorld(async ({ detector, subscribe, lost, driver, clock, pauses }) => {
    const stream = await subscribe();
    detector.say(undefined);
    assert.ok(driver.subscribed(), 'a stream that lives is kept');
    detector.say({ host: '127.0.0.1', port: other.port });
    assert.match(await lost.next(), /another master leads/);
    await stream.closed;
    const request = await other.next();
    assert.is(JSON.parse(request.body.toString()).framework_id.value, ID);
    detector.say(undefined);
    request.answer(503, {}, '');
    await pauses.next();
    clock.runNext();
    assert.is(clock.pending(), 0, 'nothing to try');
  });
  await other.close();
});

test('follows a few redirects, not endless ones', () =>
  inWorld(async ({ server, pauses }) => {
    for (let i = 0; i < 6; i++) {
      const request = await server.next();
      assert.is(request.path, i === 0 ? '/api/v1/scheduler' : '/master/api/v1/scheduler');
      request.answer(307, { Location: `//127.0.0.1:${server.port}/master/api/v1/scheduler` });
    }
    await pauses.next();
    assert.is(server.waiting(), 0);
  }));

test('subscribes again with what UPDATE_FRAMEWORK changed', () =>
  inWorld(async ({ driver, server, clock, subscribe, lost }) => {
    const stream = await subscribe();
    const sent = driver.send({
      type: 'UPDATE_FRAMEWORK',
      update_framework: { framework_info: { user: 'root', name: 'renamed', id: { value: ID } } },
    });
    (await server.next()).answer(200, {});
    await sent;
    stream.cut();
    await lost.next();
    clock.runNext();
    const again = JSON.parse((await server.next()).body.toString()) as SchedulerCall;
    assert.is(again.subscribe?.framework_info.name, 'renamed');
  }));

test('stops cleanly while nobody listens at the address', async () => {
  const unused = createServer();
  const port = await new Promise<number>((resolve) =>
    unused.listen(0, '127.0.0.1', () => resolve((unused.address() as AddressInfo).port)),
  );
  await new Promise((resolve) => unused.close(resolve));
  await inWorld(async ({ detector, pauses }) => {
    detector.say({ host: '127.0.0.1', port });
    await pauses.next();
  });
});

test('reads the recorded bytes of a stream, read by read', async () => {
  for (const scenario of scenarios().filter(({ id }) => id.startsWith('sched-00'))) {
    const reads = scenario.steps
      .filter(({ dir, what }) => dir === 'recv' && what === 'bytes')
      .map((step) => bytesOf(step));
    const events = inbox<SchedulerEvent>();
    const lost = inbox<string>();
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', async () => {
        for (const bytes of reads) {
          socket.write(bytes);
          await turn();
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const driver = schedulerDriver({
      detector: staticDetector({ host: '127.0.0.1', port }),
      frameworkInfo: { user: 'root', name: 'golden' },
      encoding: scenario.id.endsWith('.pb') ? 'protobuf' : 'json',
      clock: manualClock(),
      random: seededRandom(1),
      log: silentLogger,
      on: events.put,
      onDisconnected: lost.put,
      onError: (message) => lost.put(`ERROR ${message}`),
    });
    driver.start();
    assert.is(await lost.next(), 'the stream ended', scenario.id);
    assert.is((await events.next()).type, 'SUBSCRIBED');
    assert.ok(events.waiting >= 2);
    await driver.stop();
    await new Promise((resolve) => server.close(resolve));
  }
});

test.run();
