import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { type Log, openLocalLog } from '../../../src/scheduler/storage/index.ts';
import type { ZooKeeperSession } from '../../../src/zookeeper/index.ts';
import { assert, suite } from '../../harness/index.ts';
import { startZooKeeper, type ZooKeeperServer } from '../../zookeeper/server.ts';
import { KEPT, writeLocal, writeZooKeeper } from './fixtures/write-log.ts';
import { collector, recovered } from './log-suite.ts';
import { connected, openLogAt, sessionAt } from './zookeeper-home.ts';

const test = suite('formats of the two logs');

/** Logs as versions have left them; new ones are added by fixtures/write-log.ts, old ones stay. */
const FIXTURES = join(import.meta.dirname, 'fixtures');
const PRESENT = 'log-2';
const versions = (await readdir(FIXTURES)).filter((name) => name.startsWith('log-'));

let server: ZooKeeperServer;
let admin: ZooKeeperSession;
let directory: string;
test.before(async () => {
  server = await startZooKeeper();
  admin = sessionAt(server.address);
  await connected(admin);
  directory = await mkdtemp(join(tmpdir(), 'aurora-log-format-'));
});
test.after(async () => {
  await rm(directory, { recursive: true });
  await admin.close();
  await server.stop();
});

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

const nodesOf = async (version: string): Promise<Record<string, string>> =>
  JSON.parse(await readFile(join(FIXTURES, version, 'zookeeper.json'), 'utf8'));

async function holdsWhatWasKept(log: Log, version: string): Promise<void> {
  assert.equal(await recovered(log), { snapshot: KEPT.snapshot, records: KEPT.records }, version);
  const { all, ...reader } = collector();
  await (await log.generations())[0]!.read(reader);
  assert.equal(all, KEPT.past, version);
  await log.append(Buffer.from('this version'));
  await log.close();
}

test('a directory of every version is read, its past too, and goes on', async () => {
  assert.ok(versions.includes(PRESENT));
  for (const version of versions) {
    const copy = join(directory, version);
    await cp(join(FIXTURES, version, 'local'), copy, { recursive: true });
    const open = () => openLocalLog({ directory: copy, logger: silentLogger, clock: systemClock });
    await holdsWhatWasKept(await open(), version);
    const again = await open();
    assert.equal((await recovered(again)).records, [...KEPT.records, 'this version']);
    await again.close();
  }
});

test('the nodes of every version are read, their past too, and the log goes on', async () => {
  for (const version of versions) {
    const path = `/${version}`;
    await admin.makePath(path);
    for (const [node, data] of Object.entries(await nodesOf(version)))
      await admin.create(`${path}${node}`, Buffer.from(data, 'base64'));
    await holdsWhatWasKept((await openLogAt(server.address, path)).log, version);
    const again = await openLogAt(server.address, path);
    assert.equal((await recovered(again.log)).records, [...KEPT.records, 'this version']);
    await again.close();
  }
});

/** Leaders name themselves at random. */
const byAnyLeader = (nodes: Record<string, string>): Record<string, string> => {
  const fence = Buffer.from(nodes['/fence'] ?? '', 'base64').toString();
  assert.match(fence, UUID);
  return { ...nodes, '/fence': fence.replace(UUID, 'LEADER') };
};

test('this version writes what its fixture says, byte for byte', async () => {
  const written = join(directory, 'written');
  await writeLocal(written);
  const fixture = join(FIXTURES, PRESENT, 'local');
  assert.equal((await readdir(written)).sort(), (await readdir(fixture)).sort());
  for (const name of await readdir(fixture))
    assert.ok(
      (await readFile(join(written, name))).equals(await readFile(join(fixture, name))),
      `${name} is written differently: a new version needs a new number, and a fixture`,
    );
  assert.equal(byAnyLeader(await writeZooKeeper(server.address, admin)), byAnyLeader(await nodesOf(PRESENT)));
});

test.run();
