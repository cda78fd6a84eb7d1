import { randomBelow, seededRandom } from '../../../src/base/random.ts';
import type { ZooKeeperSession } from '../../../src/zookeeper/index.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { startZooKeeper, type ZooKeeperServer } from '../../zookeeper/server.ts';
import { assertKept, writeUntil } from './killed-writer.ts';
import { storageOn } from './sample.ts';
import { connected, openLogAt, rawEntries, sessionAt } from './zookeeper-home.ts';

const test = suite('kill -9, log in ZooKeeper');
const ROUNDS = 10;

let server: ZooKeeperServer;
let admin: ZooKeeperSession;
test.before(async () => {
  server = await startZooKeeper();
  admin = sessionAt(server.address, 30_000);
  await connected(admin);
});
test.after(async () => {
  await admin.close();
  await server.stop();
});

test('every acknowledged write is there after the writer was killed, or deposed, at any moment', async () => {
  const random = seededRandom(Date.now());
  const path = '/kill/log';
  const where = `zk://${server.address}${path}`;
  let acknowledgedInAll = 0;
  let first = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const isKilled = round % 2 === 0;
    let takingOver: ReturnType<typeof takeOver> | undefined;
    const takeOver = async () => storageOn((await openLogAt(server.address, path)).log);
    const { acknowledged, end, errors } = await writeUntil(
      where,
      first,
      1 + randomBelow(random, 400),
      (writer) => {
        if (isKilled) writer.kill('SIGKILL');
        else takingOver = takeOver();
      },
    );
    assert.is(end, isKilled ? 'SIGKILL' : 1, errors);
    if (!isKilled) assert.match(errors, 'another scheduler leads now');
    acknowledgedInAll += acknowledged.length;
    const storage = await (takingOver ?? takeOver());
    first = storage.read((stores) => assertKept(stores, acknowledged, `round ${round}`));
    await storage.close();
    // Throws when a term goes back.
    await rawEntries(admin, path);
  }
  count('rounds of kill -9 and of deposing, log in ZooKeeper', ROUNDS);
  count('writes acknowledged before, log in ZooKeeper', acknowledgedInAll);
}, 120_000);

test.run();
