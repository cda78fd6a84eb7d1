/** With -zk_digest_credentials every node that schedulers make is theirs; others may read it, and no more. */
import { ACL, type Acl, type Client, createClient, type Failure } from 'node-zookeeper-client';
import { assert, count, suite } from '../../harness/index.ts';
import { startZooKeeper } from '../../zookeeper/server.ts';
import { JOB, wireConfig, wireJob } from '../builders.ts';
import type { TestScheduler } from '../running.ts';
import { active, candidates } from './candidates.ts';

const test = suite('access to nodes in ZooKeeper');

const DIGEST = 'aurora:wonderful';
/** ZooKeeper shows the digest itself to the owner alone. */
const OWNER = 'aurora:x';
const [READ, ALL] = [1, 31];

const asked = <T>(ask: (done: (error: Failure | null | undefined, found: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => ask((error, found) => (error ? reject(error) : resolve(found))));

async function connected(servers: string): Promise<Client> {
  const client = createClient(servers, { sessionTimeout: 10_000 });
  await new Promise<void>((done) => {
    client.on('connected', done);
    client.connect();
  });
  return client;
}

/** All nodes below a path, and the path itself. */
async function nodesBelow(client: Client, path: string): Promise<string[]> {
  const names = await asked<string[]>((done) => client.getChildren(path, undefined, done));
  const below = await Promise.all(names.map((name) => nodesBelow(client, `${path}/${name}`)));
  return [path, ...below.flat()];
}

const shown = (acls: readonly Acl[]) =>
  acls.map(({ id, permission }) => `${id.scheme}:${id.id} ${permission}`).sort();

async function work(scheduler: TestScheduler, name: string): Promise<void> {
  const { finished } = scheduler.running();
  const end = await Promise.race([active(scheduler, 'framework'), finished]);
  assert.is(end, undefined, JSON.stringify(end));
  const key = { ...JOB, name };
  const description = wireJob({ key, taskConfig: wireConfig({ job: key }) });
  const created = await scheduler.call('createJob', { description });
  assert.is(created.responseCode, 'OK', JSON.stringify(created.details));
  assert.is((await scheduler.call('snapshot', {})).responseCode, 'OK');
}

test('two schedulers, one after the other: election, server set, log, snapshots, manifest', async () => {
  const zooKeeper = await startZooKeeper({ tickMs: 1_000 });
  // Nobody is to lose a session here, however slow the machine is.
  const patient = ['-zk_session_timeout=20secs', '-zk_connection_timeout=20secs'];
  const cluster = candidates(zooKeeper, 'guarded', [`-zk_digest_credentials=${DIGEST}`, ...patient]);
  const stranger = await connected(zooKeeper.address);
  try {
    const first = await cluster.start('shared');
    // Who stands for election first leads; to have been started is not to stand yet.
    await first.running().led;
    const second = await cluster.start('shared');
    await work(first, 'one');
    const walked = new Map<string, string[]>();
    const walk = async () => {
      for (const path of await nodesBelow(stranger, '/guarded'))
        walked.set(path, shown(await asked<Acl[]>((done) => stranger.getACL(path, done))));
    };
    await walk();
    await first.running().stop();
    await work(second, 'two');
    await walk();
    for (const [path, acls] of walked)
      assert.equal(acls, [`digest:${OWNER} ${ALL}`, `world:anyone ${READ}`], path);
    for (const kind of [
      /^\/guarded$/,
      /\/scheduler\/_c_.+-lock-\d+$/,
      /\/scheduler\/member_\d+$/,
      /\/log\/fence$/,
      /\/log\/manifest$/,
      /\/log\/entries\/.+/,
      /\/log\/snapshots\/.+\/.+/,
    ])
      assert.ok(
        [...walked.keys()].some((path) => kind.test(path)),
        `${kind}: ${[...walked.keys()]}`,
      );
    const refused = async (ask: (done: (error?: Failure | null) => void) => void) =>
      asked((done: (error: Failure | null | undefined, found: string) => void) =>
        ask((error) => done(error, 'done')),
      ).catch(({ name }: Failure) => name);
    const [fence, entries] = ['/guarded/log/fence', '/guarded/log/entries'];
    assert.is(await refused((done) => stranger.setData(fence, Buffer.from('mine'), -1, done)), 'NO_AUTH');
    assert.is(await refused((done) => stranger.remove(fence, -1, done)), 'NO_AUTH');
    assert.is(
      await refused((done) =>
        stranger.create(`${entries}/x`, Buffer.from('x'), ACL.OPEN_ACL_UNSAFE, 0, done),
      ),
      'NO_AUTH',
    );
    count("nodes in ZooKeeper that are the schedulers' own", walked.size);
  } finally {
    stranger.close();
    await cluster.stop();
    await zooKeeper.stop();
  }
}, 60_000);

test.run();
