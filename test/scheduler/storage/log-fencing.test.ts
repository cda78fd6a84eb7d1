import { silentLogger } from '../../../src/base/log.ts';
import type { Log } from '../../../src/scheduler/storage/index.ts';
import type { ZooKeeperSession } from '../../../src/zookeeper/index.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { type FaultProxy, startFaultProxy } from '../../zookeeper/fault-proxy.ts';
import { startZooKeeper, type ZooKeeperServer } from '../../zookeeper/server.ts';
import { collector, recovered } from './log-suite.ts';
import { connected, openLogAt, rawEntries, sessionAt } from './zookeeper-home.ts';

const test = suite('one writer');

let server: ZooKeeperServer;
let proxy: FaultProxy;
let admin: ZooKeeperSession;
let logs = 0;
test.before(async () => {
  server = await startZooKeeper();
  proxy = await startFaultProxy(server.port);
  admin = sessionAt(server.address, 30_000);
  await connected(admin);
});
test.afterEach(() => proxy.spoil(undefined));
test.after(async () => {
  await admin.close();
  await proxy.stop();
  await server.stop();
});

const newPath = () => `/fencing/log-${++logs}`;
const bytes = (value: string) => Buffer.from(value);
const failure = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no failure',
    (error) => String(error.message),
  );

/** Appends numbered records, some at a time, until one fails or `isEnough`; tells which were acknowledged. */
function busy(log: Log, name: string, isEnough: (acknowledged: number) => boolean = () => false) {
  const acknowledged: string[] = [];
  let next = 0;
  let reason: unknown;
  const one = async () => {
    while (reason === undefined && !isEnough(acknowledged.length)) {
      const record = `${name}-${next++}`;
      try {
        await log.append(bytes(record));
        acknowledged.push(record);
      } catch (error) {
        reason = error;
      }
    }
  };
  const over = Promise.all(Array.from({ length: 20 }, one));
  return { acknowledged, over, reason: () => reason as Error | undefined };
}

/** Records of `all` that begin with `name`, which must be 0, 1, 2, ... without gap or repetition. */
function numbered(all: readonly string[], name: string): number {
  const mine = all.filter((record) => record.startsWith(`${name}-`));
  assert.equal(
    mine,
    mine.map((_, n) => `${name}-${n}`),
    `${name}: in order, none twice, none missing`,
  );
  return mine.length;
}

test('when another leads, nothing of the old leader is written any more, and nothing that he acknowledged is lost', async () => {
  const path = newPath();
  let { log, close } = await openLogAt(server.address, path);
  await recovered(log);
  let acknowledged = 0;
  for (let term = 1; term <= 12; term++) {
    const writing = busy(log, `term${term}`);
    // Some lead before they were written much to, some after.
    while (writing.acknowledged.length < term * 40) await new Promise(setImmediate);
    const next = await openLogAt(server.address, path);
    const { records } = await recovered(next.log);
    await writing.over;
    assert.match(writing.reason()?.message ?? '', `another scheduler leads now: term ${term} is over`);
    assert.match(await failure(log.append(bytes('late'))), 'another scheduler leads now');
    assert.match(await failure(log.writeSnapshot([bytes('late')])), 'another scheduler leads now');
    const written = numbered(records, `term${term}`);
    assert.ok(written >= writing.acknowledged.length);
    for (const record of writing.acknowledged) assert.ok(Number(record.split('-')[1]) < written);
    acknowledged += writing.acknowledged.length;
    await close();
    ({ log, close } = next);
  }
  const entries = await rawEntries(admin, path);
  for (const entry of entries)
    for (const record of entry.records) assert.match(record, `term${entry.term}-`, 'each under his own term');
  await close();
  count('records acknowledged by leaders that were deposed', acknowledged);
}, 30_000);

test('of several who take the lead at the same time each has a term of his own, and only the last one writes', async () => {
  const path = newPath();
  const opened = await Promise.all(Array.from({ length: 5 }, () => openLogAt(server.address, path)));
  const terms = await Promise.all(
    opened.map(async ({ log }) => (await log.recover({ restart: () => {}, apply: () => {} })).term),
  );
  assert.equal(
    [...terms].sort((a, b) => a - b),
    [1, 2, 3, 4, 5],
  );
  const outcomes = await Promise.all(
    opened.map(({ log }, n) => failure(log.append(bytes(`by term ${terms[n]}`)))),
  );
  for (const [n, outcome] of outcomes.entries())
    assert.match(outcome, terms[n] === 5 ? 'no failure' : 'another scheduler leads now');
  assert.equal(
    (await rawEntries(admin, path)).map(({ term, records }) => [term, records]),
    [[5, ['by term 5']]],
  );
  for (const { close } of opened) await close();
});

test('a snapshot that was under way when another took the lead does not count', async () => {
  const path = newPath();
  const old = await openLogAt(server.address, path);
  await recovered(old.log);
  await old.log.append(bytes('a'));
  let next: Awaited<ReturnType<typeof openLogAt>> | undefined;
  const chunks = async function* () {
    yield bytes('state of the old leader');
    next = await openLogAt(server.address, path);
    assert.equal((await recovered(next.log)).records, ['a']);
    await next.log.append(bytes('b'));
  };
  assert.match(await failure(old.log.writeSnapshot(chunks())), 'another scheduler leads now');
  await next!.close();
  const last = await openLogAt(server.address, path);
  assert.equal(await recovered(last.log), { snapshot: undefined, records: ['a', 'b'] });
  await last.close();
  await old.close();
});

test('with its connection cut again and again, every record is written once and in order', async () => {
  const path = newPath();
  let again = 0;
  const logger = {
    ...silentLogger,
    info: (_: object, text: string) => {
      if (text.startsWith('repeating the writes')) again++;
    },
  };
  const { log, close } = await openLogAt(proxy.address, path, {
    session: sessionAt(proxy.address, 20_000),
    logger,
  });
  await recovered(log);
  const writing = busy(log, 'cut', (acknowledged) => acknowledged >= 4_000);
  const cuts = [
    () => proxy.cut(),
    // What was sent arrives, but nobody hears of it.
    () => proxy.spoil({ muteServer: true }),
    () => proxy.spoil({ cutAfterBytes: 700 }),
    // Half of a request.
    () => proxy.spoil({ request: (part) => part.subarray(0, part.length >> 1) }),
  ];
  let cut = 0;
  while (again < 24 && !writing.reason()) {
    const before = writing.acknowledged.length;
    while (writing.acknowledged.length < before + 20 && !writing.reason()) await new Promise(setImmediate);
    cuts[cut++ % cuts.length]!();
    const seen = again;
    await new Promise((resolve) => setTimeout(resolve, 15));
    proxy.spoil(undefined);
    proxy.cut();
    while (again === seen && writing.acknowledged.length < 4_000 && !writing.reason())
      await new Promise(setImmediate);
  }
  await writing.over;
  assert.is(writing.reason(), undefined);
  assert.ok(again >= 10, `${again} times`);
  await close();
  const next = await openLogAt(server.address, path);
  const written = numbered((await recovered(next.log)).records, 'cut');
  assert.is(written, writing.acknowledged.length);
  await next.close();
  count('connections cut under appends', again);
}, 60_000);

test('a server that is killed and comes back costs nothing but time', async () => {
  const path = newPath();
  const { log, close } = await openLogAt(server.address, path, {
    session: sessionAt(server.address, 30_000),
  });
  await recovered(log);
  const writing = busy(log, 'restart', (acknowledged) => acknowledged >= 2_000);
  while (writing.acknowledged.length < 500) await new Promise(setImmediate);
  await server.kill();
  await server.restart();
  await writing.over;
  assert.is(writing.reason(), undefined);
  await log.writeSnapshot([bytes('state')]);
  await close();
  const next = await openLogAt(server.address, path);
  assert.equal(await recovered(next.log), { snapshot: ['state'], records: [] });
  const { all, ...reader } = collector();
  await (await next.log.generations())[0]!.read(reader);
  assert.is(numbered(all, 'restart'), writing.acknowledged.length);
  await next.close();
}, 40_000);

test('a leader whose session is lost writes no more, though a new session is there', async () => {
  const path = newPath();
  const session = sessionAt(proxy.address, 1_000);
  const { log, close } = await openLogAt(proxy.address, path, { session });
  await recovered(log);
  await log.append(bytes('a'));
  proxy.spoil({ blackHole: true });
  const message = await failure(log.append(bytes('b')));
  assert.match(message, 'session of the log is lost');
  proxy.spoil(undefined);
  proxy.cut();
  await connected(session);
  assert.match(await failure(log.append(bytes('c'))), 'session of the log is lost');
  await close();
  const next = await openLogAt(server.address, path);
  assert.equal((await recovered(next.log)).records, ['a']);
  await next.close();
}, 20_000);

test('servers that take no entry of our size end the leader with a word about what to change', async () => {
  const path = newPath();
  const { log, close } = await openLogAt(proxy.address, path, {
    session: sessionAt(proxy.address, 30_000),
  });
  await recovered(log);
  await log.append(bytes('small'));
  proxy.spoil({
    request(part) {
      if (part.length < 5_000) return part;
      proxy.cut();
      return Buffer.alloc(0);
    },
  });
  assert.match(await failure(log.append(Buffer.alloc(20_000))), 'jute.maxbuffer');
  proxy.spoil(undefined);
  await close();
}, 30_000);

test.run();
