/**
 * Fault 3 of the second round: a server that stalls for longer than the session left a scheduler busy for good. Its
 * answer to the handshake ended the connection, and the connection then said that it was there.
 */

import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { manualClock } from '../../src/base/manual-clock.ts';
import { pauses } from '../../src/base/pauses.ts';
import { seededRandom } from '../../src/base/random.ts';
import { requestFailure } from '../../src/zookeeper/failure.ts';
import { failureOf, persist, type ZooKeeperSession } from '../../src/zookeeper/index.ts';
import { assert, suite } from '../harness/index.ts';
import { openAt } from './opened.ts';
import { startZooKeeper, type ZooKeeperServer } from './server.ts';

const test = suite('answers of ZooKeeper that come too late');

const SESSION_MS = 800;

let server: ZooKeeperServer;
test.before(async () => {
  server = await startZooKeeper({ tickMs: 200 });
});
test.after(() => server.stop());

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a handshake that is answered after the session would be over is no connection', async () => {
  server.freeze();
  const { session, until } = openAt(server.address, {
    sessionTimeoutMs: SESSION_MS,
    connectTimeoutMs: 10_000,
  });
  const failures: unknown[] = [];
  const looks: Promise<void>[] = [];
  // Whoever says "connected" must be able to answer: nothing else happens in between that could end it.
  session.onState((state) => {
    if (state !== 'connected') return;
    looks.push(
      session.exists('/zookeeper').then(
        () => {},
        (error) => void failures.push(failureOf(error)),
      ),
    );
  });
  await wait(2 * SESSION_MS);
  server.resume();
  await until('connected');
  assert.ok(await session.exists('/zookeeper'));
  await Promise.all(looks);
  assert.equal(failures, []);
  await session.close();
});

test('no watch and no listener is told anything after the close has begun', async () => {
  const { session, until } = openAt(server.address);
  const other = openAt(server.address);
  await Promise.all([until('connected'), other.until('connected')]);
  await session.makePath('/late');
  let told = 0;
  await session.read('/late', () => void told++);
  await session.children('/late', () => void told++);
  await session.exists('/late', () => void told++);
  const changed = other.session.write('/late', Buffer.from('news'));
  const closing = session.close();
  await changed;
  await closing;
  assert.is(told, 0);
  await other.session.close();
});

test('a listener that another one ended is not told, nor of a state that is over', async () => {
  const { session, until } = openAt(server.address);
  await until('connected');
  const heard: string[] = [];
  let leave = () => {};
  session.onState((state) => {
    if (state !== 'suspended') return;
    leave();
    void session.close();
  });
  leave = session.onState((state) => heard.push(`ended ${state}`));
  session.onState((state) => heard.push(state));
  server.freeze();
  await until('closed');
  server.resume();
  assert.equal(heard, ['closed']);
});

/** A session that says it is connected and answers nothing: what must not be, and must do no harm when it is. */
const lying = (): ZooKeeperSession =>
  ({ state: () => 'connected', onState: () => () => {}, id: () => '1' }) as unknown as ZooKeeperSession;

test('requests that fail at once are repeated after pauses that grow', async () => {
  const clock = manualClock();
  let attempts = 0;
  const ended = new AbortController();
  const failed = persist({
    session: lying(),
    clock,
    random: seededRandom(1),
    log: silentLogger,
    what: 'a look',
    signal: ended.signal,
    async run() {
      attempts++;
      throw requestFailure('CONNECTION_LOSS', 'a look');
    },
  }).catch((error) => error);
  const seen: number[] = [];
  for (let ms = 0; ms < 60_000; ms += 1_000) {
    for (let step = 0; step < 100; step++) {
      clock.advance(10);
      await Promise.resolve().then(() => {});
      await new Promise((resolve) => setImmediate(resolve));
    }
    seen.push(attempts);
    if (seen.length > 3) break;
  }
  assert.ok(attempts > 2 && attempts < 20, `${attempts} attempts in four seconds`);
  ended.abort('enough');
  assert.is(await failed, 'enough');
});

test('pauses grow up to their limit, and are short again after a success', async () => {
  const pause = pauses({
    clock: systemClock,
    random: { next: () => 0.5 },
    limits: { initialMs: 1, maxMs: 4 },
  });
  const lengths: number[] = [];
  for (let n = 0; n < 4; n++) lengths.push(await pause.next());
  assert.equal(lengths, [2, 3, 4, 4]);
  pause.reset();
  assert.is(await pause.next(), 2);
});

test.run();
