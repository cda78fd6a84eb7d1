/** The announcer and a real ensemble of three that is lost in part and as a whole. */
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { NO_AUTH } from '../../../src/executor/announcer/auth.ts';
import { type Announcer, announcerAt } from '../../../src/executor/announcer/companion.ts';
import type { ZooKeeperSession } from '../../../src/zookeeper/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { openAt } from '../../zookeeper/opened.ts';
import { type Ensemble, startEnsemble } from '../../zookeeper/server.ts';

const test = suite('announcer and an ensemble');

const PATH = '/set/ensemble';
/** The longest session that an ensemble with ticks of 200 ms grants. */
const SESSION_MS = 4_000;
/** The longest pause between two attempts of the announcer, and as much for a machine that is busy. */
const BACK_MS = 30_000;

let ensemble: Ensemble;
let watcher: ZooKeeperSession;
let announcer: Announcer;
let ended = false;

/** Not in `before`: three Javas take a while on a machine that is busy. */
test('a task is announced once', async () => {
  ensemble = await startEnsemble({ tickMs: 200 });
  watcher = openAt(ensemble.address, { sessionTimeoutMs: 8_000 }).session;
  announcer = announcerAt(ensemble.address)({
    path: PATH,
    member: { serviceEndpoint: { host: 'h', port: 1 }, additionalEndpoints: {}, status: 'ALIVE', shard: 0 },
    auth: NO_AUTH,
    connectMs: 60_000,
    whenStarting: false,
    sessionTimeoutMs: SESSION_MS,
    clock: systemClock,
    random: seededRandom(11),
    log: silentLogger,
  });
  announcer.start({
    pass: () => announcer.running?.(),
    end: () => {
      ended = true;
    },
  });
  await single();
}, 120_000);

test.after(async () => {
  announcer?.stop();
  await watcher?.close();
  await ensemble?.stop();
});

/** The member, when ZooKeeper answers with exactly one twenty times in a row; more than one at any look is a fault. */
async function single(): Promise<string> {
  const endMs = performance.now() + BACK_MS;
  let [name, calm] = ['', 0];
  while (calm < 20) {
    const names = await watcher.children(PATH).catch(() => undefined);
    assert.ok((names?.length ?? 0) <= 1, `never two: ${names}`);
    const [found] = names ?? [];
    calm = found !== undefined && found === name ? calm + 1 : 0;
    name = found ?? '';
    assert.ok(performance.now() < endMs, 'the member is back in time');
    await pause(20);
  }
  return name;
}

async function untilLed(): Promise<void> {
  while (!(await ensemble.leader())) await pause(20);
}

test('the loss of the leader leaves the member as it is', async () => {
  const before = await single();
  const leader = await ensemble.leader();
  const startMs = performance.now();
  await leader?.kill();
  await untilLed();
  const after = await single();
  // A machine that is so busy that all this took longer than the session may have lost it: then the member is a new one.
  if (performance.now() - startMs < SESSION_MS) assert.is(after, before);
  await leader?.restart();
}, 120_000);

test('a restart of the whole ensemble leaves one member, the same or a new one', async () => {
  await Promise.all(ensemble.members.map((member) => member.kill()));
  // The announcer cannot know whether it still has a session.
  await pause(SESSION_MS + 500);
  await Promise.all(ensemble.members.map((member) => member.restart()));
  await untilLed();
  await single();
  assert.not.ok(ended, 'the task is not touched by any of it');
}, 120_000);

test('the member leaves, and nothing of it is left', async () => {
  await announcer.leave?.(5_000);
  // Another server of the ensemble may hear of it a little later.
  while ((await watcher.children(PATH))?.length) await pause(20);
}, 60_000);

test.run();
