import { silentLogger } from '../../../src/base/log.ts';
import { seededRandom } from '../../../src/base/random.ts';
import type { ZooKeeperSession } from '../../../src/zookeeper/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { type FaultProxy, startFaultProxy } from '../../zookeeper/fault-proxy.ts';
import { startZooKeeper, type ZooKeeperServer } from '../../zookeeper/server.ts';
import { collector, logSuite, recovered } from './log-suite.ts';
import { connected, openLogAt, rawEntries, sessionAt } from './zookeeper-home.ts';

const test = suite('ZooKeeper log');

let server: ZooKeeperServer;
let admin: ZooKeeperSession;
let logs = 0;
test.before(async () => {
  server = await startZooKeeper();
  admin = sessionAt(server.address);
  await connected(admin);
});
test.after(async () => {
  await admin.close();
  await server.stop();
});

const newPath = () => `/logs/log-${++logs}`;
const bytes = (value: string) => Buffer.from(value);

logSuite(test, async () => {
  const path = newPath();
  return { open: async () => (await openLogAt(server.address, path)).log, destroy: async () => {} };
});

const led = async (path: string, options: Parameters<typeof openLogAt>[2] = {}) => {
  const opened = await openLogAt(server.address, path, options);
  const before = await recovered(opened.log);
  return { ...opened, before };
};

/** A reader that can be waited for. */
function listener() {
  const kept = collector();
  const waiting = new Map<string, () => void>();
  return {
    ...kept,
    apply(record: Uint8Array) {
      kept.apply(record);
      waiting.get(Buffer.from(record).toString())?.();
    },
    told: (text: string) =>
      kept.all.includes(text)
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            waiting.set(text, resolve);
          }),
  };
}

function latch() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

test('records of any size are cut and packed into entries of the size that is allowed, and come back', async () => {
  const path = newPath();
  const random = seededRandom(3);
  const records = Array.from({ length: 120 }, (_, n) =>
    `${n}:`.padEnd([0, 10, 300, 995, 1_000, 1_005, 4_000][Math.floor(random.next() * 7)]!, '.'),
  );
  const maxEntryBytes = 1_000;
  const { log, close } = await led(path, { maxEntryBytes });
  await Promise.all(records.map((record) => log.append(bytes(record))));
  const entries = await rawEntries(admin, path);
  assert.ok(entries.length > 40 && entries.every((entry) => entry.bytes <= maxEntryBytes));
  assert.equal(
    entries.flatMap((entry) => entry.records),
    records,
  );
  await log.writeSnapshot(records.map(bytes));
  await close();
  const { before, close: closeNext } = await led(path);
  assert.equal(before, { snapshot: records, records: [] });
  await closeNext();
});

test('records that wait together share entries', async () => {
  const path = newPath();
  const { log, close } = await led(path);
  await Promise.all(Array.from({ length: 5_000 }, (_, n) => log.append(bytes(`record ${n}`))));
  const entries = await rawEntries(admin, path);
  assert.ok(entries.length < 5, `${entries.length} entries`);
  await close();
});

test('what no generation needs is removed, and the log goes on from what is left', async () => {
  const path = newPath();
  const { log, close } = await led(path, { maxEntryBytes: 100 });
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: 700 }, (_, n) => log.append(bytes(`${round}-${n}`.padEnd(80)))));
    await log.writeSnapshot([bytes(`state ${round}`)]);
  }
  const left = await rawEntries(admin, path);
  // Those between the last two snapshots, and the one before them that the chain goes on from.
  assert.is(left.length, 701);
  assert.equal((await admin.children(`${path}/snapshots`))?.sort(), ['1-2', '1-3']);
  await log.writeSnapshot([bytes('state 3')]);
  await log.writeSnapshot([bytes('state 4')]);
  assert.is((await rawEntries(admin, path)).length, 1);
  await log.append(bytes('more'));
  await close();
  const { before, log: next, close: closeNext } = await led(path);
  assert.equal(before, { snapshot: ['state 4'], records: ['more'] });
  await next.append(bytes('and more'));
  await closeNext();
});

test('a follower hears of records within moments, and when it leads it has them all', async () => {
  const path = newPath();
  const leader = await led(path);
  const follower = await openLogAt(server.address, path);
  const reader = listener();
  const lead = latch();
  const recovering = follower.log.recover(reader, { lead: lead.opened });
  const waits: number[] = [];
  for (let n = 0; n < 30; n++) {
    const startMs = performance.now();
    await Promise.all([leader.log.append(bytes(`record ${n}`)), reader.told(`record ${n}`)]);
    waits.push(performance.now() - startMs);
  }
  const middle = waits.sort((a, b) => a - b)[15]!;
  assert.ok(middle < 500, `half of the records took more than ${middle} ms`);
  // No more than the leader's word for it: nobody waits for the follower.
  await leader.log.append(bytes('last words'));
  await leader.close();
  lead.open();
  const { term, records } = await recovering;
  assert.equal([term, records], [2, 31]);
  assert.is(reader.all.at(-1), 'last words');
  await follower.log.append(bytes('mine'));
  await follower.close();
});

test('a follower that was away while what comes next was removed begins again with the newest snapshot', async () => {
  const path = newPath();
  const proxy: FaultProxy = await startFaultProxy(server.port);
  const leader = await led(path, { retainedSnapshots: 0 });
  await leader.log.append(bytes('old'));
  const session = sessionAt(proxy.address, 2_000);
  const follower = await openLogAt(proxy.address, path, { session });
  const reader = listener();
  const lead = latch();
  const recovering = follower.log.recover(reader, { lead: lead.opened });
  await reader.told('old');
  proxy.spoil({ blackHole: true });
  for (const state of ['1', '2']) {
    for (let n = 0; n < 20; n++) await leader.log.append(bytes(`${state}-${n}`));
    await leader.log.writeSnapshot([bytes(`state ${state}`)]);
  }
  await leader.log.append(bytes('new'));
  proxy.spoil(undefined);
  proxy.cut();
  await reader.told('new');
  assert.equal([reader.restarts(), ...reader.all], [1, 'state 2', 'new']);
  lead.open();
  const { records, term } = await recovering;
  assert.equal([records, term], [1, 2]);
  assert.ok(follower.log.bytesSinceSnapshot() < 1_000);
  await follower.log.append(bytes('mine'));
  await follower.close();
  await leader.close();
  await proxy.stop();
});

test('a record that a dead leader left without its end is passed over, with a word about it', async () => {
  const path = newPath();
  const { log, close } = await led(path, { maxEntryBytes: 1_000 });
  await log.append(bytes('whole'));
  await log.append(bytes('torn'.repeat(1_000)));
  await close();
  const entries = await rawEntries(admin, path);
  // As if it had died before the last two of them.
  for (const { number } of entries.slice(-2))
    await admin.remove(`${path}/entries/${String(number).padStart(10, '0')}`);
  const warnings: object[] = [];
  const logger = { ...silentLogger, warn: (fields: object) => warnings.push(fields) };
  const next = await led(path);
  assert.equal(next.before, { snapshot: undefined, records: ['whole'] });
  await next.log.append(bytes('after'));
  await next.close();
  const last = await led(path, { logger });
  assert.equal(last.before.records, ['whole', 'after']);
  assert.is(warnings.length, 1);
  const { all, ...reader } = collector();
  await (await last.log.generations())[0]!.read(reader);
  assert.equal(all, ['whole', 'after']);
  await last.close();
});

test('chunks that a dead leader left of a snapshot are cleared away; the snapshot before it counts', async () => {
  const path = newPath();
  const first = await led(path, { maxEntryBytes: 100 });
  await first.log.writeSnapshot([bytes('state 1')]);
  await first.log.append(bytes('a'));
  const halfway = latch();
  const chunks = async function* () {
    for (let n = 0; n < 300; n++) yield bytes(`chunk ${n}`.padEnd(90));
    halfway.open();
    await new Promise(() => {});
  };
  void first.log.writeSnapshot(chunks());
  await halfway.opened;
  assert.ok((await admin.children(`${path}/snapshots/1-2`))!.length > 200);
  const next = await led(path);
  assert.equal(next.before, { snapshot: ['state 1'], records: ['a'] });
  await next.log.append(bytes('b'));
  await next.log.writeSnapshot([bytes('state 2')]);
  assert.equal((await admin.children(`${path}/snapshots`))?.sort(), ['1-1', '2-1']);
  await next.close();
  await first.close();
});

test('a damaged or missing entry is refused with its path, and so is a log of a later version', async () => {
  const spoil: [string, (path: string) => Promise<unknown>, RegExp][] = [
    [
      'flipped',
      async (path) => {
        const { data } = (await admin.read(`${path}/entries/0000000002`))!;
        data[18]! ^= 4;
        await admin.write(`${path}/entries/0000000002`, data);
      },
      /entries\/0000000002, offset 0/,
    ],
    ['missing', (path) => admin.remove(`${path}/entries/0000000002`), /entries\/0000000002, offset 0/],
    [
      'swapped',
      async (path) => {
        const { data } = (await admin.read(`${path}/entries/0000000003`))!;
        await admin.write(`${path}/entries/0000000002`, data);
      },
      /says that it is number 3 .*entries\/0000000002/,
    ],
    ['later', (path) => admin.write(`${path}/manifest`, bytes('{"format":2}')), /manifest/],
  ];
  for (const [what, damage, expected] of spoil) {
    const path = newPath();
    const { log, close } = await led(path);
    for (const record of ['a', 'b', 'c']) await log.append(bytes(record));
    await close();
    await damage(path);
    const next = await openLogAt(server.address, path);
    const error = await recovered(next.log).catch((thrown) => thrown);
    assert.is(error.code, 'STORAGE', what);
    assert.match(error.message, expected, what);
    await next.close();
  }
});

test('before it was read to its end a log takes no records', async () => {
  const { log, close } = await openLogAt(server.address, newPath());
  const error = await log.append(bytes('a')).catch((thrown) => thrown);
  assert.is(error.code, 'BUG');
  await close();
});

test.run();
