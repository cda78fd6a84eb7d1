import { systemClock } from '../../src/base/clock.ts';
import { AuroraError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import type { Cluster } from '../../src/client/clusters.ts';
import { findLeader } from '../../src/client/leader.ts';
import { schedulerClient } from '../../src/client/scheduler-client.ts';
import type { Session } from '../../src/client/session.ts';
import {
  encodeMember,
  type Member,
  openSession,
  parseConnectString,
  type ZooKeeperSession,
} from '../../src/zookeeper/index.ts';
import { ANY_ARGS, fakeScheduler } from '../commands/golden/fake-scheduler.ts';
import { assert, suite } from '../harness/index.ts';
import { startZooKeeper, type ZooKeeperServer } from '../zookeeper/server.ts';

const test = suite('leader in ZooKeeper');

let server: ZooKeeperServer;
let writer: ZooKeeperSession;
test.before(async () => {
  server = await startZooKeeper({ tickMs: 200 });
  writer = await connected();
});
test.after(async () => {
  await writer.close();
  await server.stop();
});

async function connected(): Promise<ZooKeeperSession> {
  const { servers } = parseConnectString(server.address);
  const session = openSession({ servers, clock: systemClock, random: systemRandom, log: silentLogger });
  await new Promise<void>((up) => session.onState((state) => state === 'connected' && up()));
  return session;
}

const cluster = (path: string | undefined): Cluster => ({
  name: 'west',
  zk: '127.0.0.1',
  zkPort: server.port,
  schedulerZkPath: path,
});
const outside = () => ({ clock: systemClock, signal: new AbortController().signal });
const find = (path: string | undefined) => findLeader(outside(), cluster(path));

async function announce(path: string, ...members: readonly (readonly [node: string, data: unknown])[]) {
  await writer.makePath(path);
  for (const [node, data] of members) {
    await writer.create(
      `${path}/${node}`,
      Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)),
    );
  }
}

const member = (endpoints: Member['additionalEndpoints']): Member => ({
  serviceEndpoint: { host: 'not-this-one', port: 1 },
  additionalEndpoints: endpoints,
  status: 'ALIVE',
});

const fails = async (path: string | undefined, code: string, text: RegExp) => {
  try {
    await find(path);
    assert.unreachable();
  } catch (error) {
    assert.is(error instanceof AuroraError ? error.code : error, code);
    assert.match((error as Error).message, text);
  }
};

test('the newest member leads: an older one is what a crashed leader left; nodes of the election are none', async () => {
  await announce(
    '/aurora/one',
    ['singleton_candidate_0000000001', 'x'],
    ['member_0000000010', member({ http: { host: 'newest', port: 8081 } })],
    ['member_0000000009', member({ http: { host: 'stale', port: 8081 } })],
  );
  assert.is(await find('/aurora/one'), 'http://newest:8081');
});

test('https is taken before http', async () => {
  const endpoints = { http: { host: 'h', port: 1 }, https: { host: '::1', port: 2 } };
  await announce('/aurora/two', ['member_0000000001', member(endpoints)]);
  assert.is(await find('/aurora/two'), 'https://[::1]:2');
});

test('a member that comes while the client waits is found', async () => {
  await announce('/aurora/three');
  const found = find('/aurora/three');
  await announce('/aurora/three', ['member_0000000001', member({ http: { host: 'late', port: 8081 } })]);
  assert.is(await found, 'http://late:8081');
});

test('the leader is found while the member of the one that crashed is still there', async () => {
  const path = '/aurora/failover';
  const crashed = await connected();
  const living = await connected();
  await crashed.makePath(path);
  await crashed.create(`${path}/member_`, encodeMember(member({ http: { host: 'crashed', port: 1 } })), {
    kind: 'ephemeral-sequential',
  });
  await living.create(`${path}/member_`, encodeMember(member({ http: { host: 'living', port: 2 } })), {
    kind: 'ephemeral-sequential',
  });
  assert.is(await find(path), 'http://living:2');
  await living.close();
  assert.is(await find(path), 'http://crashed:1');
  await crashed.close();
});

test('members that cannot be called are refused', async () => {
  await announce('/aurora/four', ['member_0000000001', 'no JSON']);
  await fails('/aurora/four', 'NETWORK', /no JSON/);
  await announce('/aurora/five', ['member_0000000001', member({})]);
  await fails('/aurora/five', 'NETWORK', /neither an https nor an http endpoint/);
  await fails(undefined, 'CONFIG', /no scheduler_zk_path/);
});

test('a leader that cannot be reached is looked for again in ZooKeeper', async () => {
  const path = '/aurora/moved';
  await announce(path, ['member_0000000001', member({ http: { host: '127.0.0.1', port: 1 } })]);
  const next = await fakeScheduler([{ method: 'getJobs', args: ANY_ARGS, reply: { responseCode: 'OK' } }]);
  const warnings: string[] = [];
  const session = {
    ...outside(),
    env: { HOME: '/nowhere' },
    log: { ...silentLogger, warn: (_: object, text: string) => void warnings.push(text) },
    // the pause before the second attempt is when the other one takes over
    clock: {
      ...systemClock,
      after: (delayMs: number, task: () => void) =>
        systemClock.after(delayMs === 5_000 ? 0 : delayMs, () => {
          if (delayMs !== 5_000) return task();
          const data = member({ http: { host: '127.0.0.1', port: next.ports[0] } });
          void announce(path, ['member_0000000002', data]).then(task);
        }),
    },
  };
  const client = schedulerClient(session as unknown as Session, cluster(path));
  const { responseCode } = await client.query('getJobs', {});
  await next.close();
  assert.is(responseCode, 'OK');
  assert.is(warnings.length, 1);
  assert.match(warnings[0] ?? '', /ECONNREFUSED/);
  assert.is(await client.leader(), `http://127.0.0.1:${next.ports[0]}`);
});

test('nobody there is a failure of the network after ten seconds', async () => {
  await fails('/aurora/nobody', 'NETWORK', /no scheduler of west is in ZooKeeper/);
}, 20_000);

test('an interrupt ends the search', async () => {
  const interrupt = new AbortController();
  const found = findLeader({ clock: systemClock, signal: interrupt.signal }, cluster('/aurora/nobody'));
  setImmediate(() => interrupt.abort(new Error('enough')));
  try {
    await found;
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'enough');
  }
});

test.run();
