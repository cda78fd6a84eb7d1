/** Fault 9 of the second round: hosts that left the cluster stayed in the store for ever. */
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { forgetAbsentHosts } from '../../../src/scheduler/pruning/absent-hosts.ts';
import { assert, suite } from '../../harness/index.ts';
import { memoryLog } from '../storage/memory-log.ts';
import { sampleTask, storageOn } from '../storage/sample.ts';

const test = suite('hosts that left the cluster');

const DAY_MS = 86_400_000;
const ABSENT_MS = 2 * DAY_MS;

async function setUp() {
  const clock = manualClock();
  const log = memoryLog();
  const storage = await storageOn(log, { clock });
  const offering = new Set<string>();
  let asked = 0;
  const hosts = ['idle', 'gone', 'busy', 'ended', 'draining', 'wanted'];
  await storage.write((tx) => {
    for (const host of hosts) tx.hosts.save({ host, slaveId: `agent-${host}`, attributes: [] });
    for (const [at, host] of ['busy', 'ended'].entries())
      tx.tasks.save({
        ...sampleTask(host, at, host === 'busy' ? 'RUNNING' : 'FINISHED'),
        assignedTask: {
          ...sampleTask(host, at).assignedTask,
          slaveId: `agent-${host}`,
          slaveHost: host,
        },
      });
    tx.modes.set('draining', 'DRAINED');
    tx.maintenance.save({
      host: 'wanted',
      createdTimestampMs: 1,
      timeoutSecs: 1,
      defaultSlaPolicy: { countSlaPolicy: { count: 1, durationSecs: 1 } },
    });
  });
  offering.add('agent-idle');
  const stop = forgetAbsentHosts({
    clock,
    log: silentLogger,
    counters: counters(clock),
    storage,
    ask: () => void asked++,
    offering: () => offering,
    absentMs: ABSENT_MS,
  });
  const known = () => storage.read((stores) => [...stores.hosts.all()].map(({ host }) => host));
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= DAY_MS / 24) clock.advance(DAY_MS / 24);
    await storage.settled();
  };
  return { asked: () => asked, clock, hosts, known, log, offering, pass, stop, storage };
}

test('one that offers nothing for long and has nothing of ours is forgotten; all others stay', async () => {
  const { asked, hosts, known, log, pass, stop } = await setUp();
  await pass(ABSENT_MS);
  assert.equal(known(), hosts, 'not before its time');
  await pass(DAY_MS);
  assert.equal(
    known(),
    hosts.filter((host) => host !== 'gone'),
  );
  assert.ok(asked() > 4, 'Mesos was asked at every look');
  stop();
  // It stays forgotten.
  const next = await storageOn(log.again());
  assert.is(
    next.read((stores) => stores.hosts.get('gone')),
    undefined,
  );
});

test('one that comes back in time is not forgotten, and its time begins anew', async () => {
  const { known, offering, pass, stop } = await setUp();
  await pass(ABSENT_MS - DAY_MS / 2);
  offering.add('agent-gone');
  await pass(DAY_MS);
  offering.delete('agent-gone');
  await pass(ABSENT_MS - DAY_MS / 2);
  assert.ok(known().includes('gone'));
  await pass(DAY_MS);
  assert.not(known().includes('gone'));
  stop();
});

test('when the last ended task is forgotten, so is its host, later', async () => {
  const { known, pass, stop, storage } = await setUp();
  await pass(ABSENT_MS + DAY_MS);
  assert.ok(known().includes('ended'));
  await storage.write((tx) => void tx.tasks.delete('ended'));
  await pass(ABSENT_MS + DAY_MS);
  assert.not(known().includes('ended'));
  stop();
});

test('nothing is done after the end', async () => {
  const { asked, clock, stop } = await setUp();
  stop();
  clock.advance(10 * ABSENT_MS);
  assert.is(asked(), 0);
});

test.run();
