/** What sessions and an election see when members of a real ensemble of three are lost. */
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { joinElection, type ZooKeeperSession } from '../../src/zookeeper/index.ts';
import { assert, suite } from '../harness/index.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type Opened, openAt } from './opened.ts';
import { type Ensemble, startEnsemble, type ZooKeeperServer } from './server.ts';

const test = suite('zookeeper ensemble');
const LIMIT_MS = 60_000;

let ensemble: Ensemble;
/** In front of each member, to tell which one a session is connected to. */
let proxies: FaultProxy[];
const sessions: ZooKeeperSession[] = [];

test.before(async () => {
  ensemble = await startEnsemble({ tickMs: 200 });
  proxies = await Promise.all(ensemble.members.map(({ port }) => startFaultProxy(port)));
});
test.after(async () => {
  for (const proxy of proxies) await proxy.stop();
  await ensemble.stop();
});
test.afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

let seed = 1;

/** A session, and the member that it is connected to. */
async function connected(): Promise<Opened & { readonly member: ZooKeeperServer }> {
  const before = proxies.map((proxy) => proxy.connections());
  const opened = openAt(proxies.map(({ address }) => address).join(), {
    sessionTimeoutMs: 8_000,
    random: seededRandom(seed++),
  });
  sessions.push(opened.session);
  await opened.until('connected');
  const at = proxies.findIndex((proxy, index) => proxy.connections() > (before[index] ?? 0));
  return { ...opened, member: ensemble.members[at] as ZooKeeperServer };
}

async function connectedTo(wanted: (member: ZooKeeperServer) => boolean) {
  for (;;) {
    const opened = await connected();
    if (wanted(opened.member)) return opened;
    await opened.session.close();
  }
}

async function untilLed(): Promise<ZooKeeperServer> {
  for (;;) {
    const leader = await ensemble.leader();
    if (leader) return leader;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The member goes away in this way while a session is connected to it; both come back. */
async function loses(
  member: (leader: ZooKeeperServer) => (candidate: ZooKeeperServer) => boolean,
  take: (member: ZooKeeperServer) => Promise<void> | void,
  bringBack: (member: ZooKeeperServer) => Promise<void> | void,
) {
  const { session, until, member: at } = await connectedTo(member(await untilLed()));
  const id = session.id();
  const path = `/survives-${seed}`;
  await session.create(path, Buffer.from('x'), { kind: 'ephemeral' });
  const suspended = until('suspended');
  await take(at);
  try {
    await suspended;
    await until('connected');
    assert.is(session.id(), id);
    assert.is((await session.read(path))?.data.toString(), 'x');
    assert.is(await session.write(path, Buffer.from('y')), 1);
    const other = await connected();
    assert.is((await other.session.read(path))?.owner, id);
  } finally {
    await bringBack(at);
  }
}

const leader = (is: ZooKeeperServer) => (candidate: ZooKeeperServer) => candidate === is;
const follower = (is: ZooKeeperServer) => (candidate: ZooKeeperServer) => candidate !== is;
const kill = (member: ZooKeeperServer) => member.kill();
const restart = (member: ZooKeeperServer) => member.restart();

test(
  'a session and its nodes survive the loss of the member it is connected to',
  () => loses(follower, kill, restart),
  LIMIT_MS,
);

test(
  "a session and its nodes survive the loss of the ensemble's leader",
  () => loses(leader, kill, restart),
  LIMIT_MS,
);

test(
  'a session and its nodes survive a member that hangs',
  () =>
    loses(
      follower,
      (member) => member.freeze(),
      (member) => member.resume(),
    ),
  LIMIT_MS,
);

test(
  'an election goes on through the loss of one member after the other',
  async () => {
    const join = async (name: string) => {
      const opened = await connected();
      const { session } = opened;
      const election = joinElection({
        session,
        path: '/election',
        name,
        access: 'open',
        clock: systemClock,
        random: seededRandom(seed++),
        log: silentLogger,
      });
      return { session, election };
    };
    const first = await join('a');
    await first.election.elected;
    const second = await join('b');
    const defeats: string[] = [];
    for (const { election } of [first, second]) void election.defeated.then((reason) => defeats.push(reason));
    for (const member of ensemble.members) {
      await untilLed();
      await member.kill();
      await member.restart();
    }
    await first.election.withdraw();
    await second.election.elected;
    assert.equal(defeats, []);
  },
  LIMIT_MS,
);

test.run();
