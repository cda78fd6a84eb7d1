/**
 * The log in ZooKeeper, compared with what the same server takes from the same client without it: records of 600 bytes,
 * once as separate nodes and once through the log, with as many requests in flight as the log has.
 */
import { randomBytes } from 'node:crypto';
import { availableParallelism, loadavg } from 'node:os';
import { systemClock } from '../src/base/clock.ts';
import { silentLogger } from '../src/base/log.ts';
import { systemRandom } from '../src/base/random.ts';
import { openZooKeeperLog } from '../src/scheduler/storage/index.ts';
import { openSession, parseConnectString, type ZooKeeperSession } from '../src/zookeeper/index.ts';
import { connected } from '../test/scheduler/storage/zookeeper-home.ts';
import { startZooKeeper } from '../test/zookeeper/server.ts';
import { figure, median } from './harness.ts';

const RECORD_BYTES = 600;
const ROUNDS = 5;
const BARE_NODES = 6_000;
const LONE_RECORDS = 6_000;
const PACKED_RECORDS = 60_000;
/** Requests in flight when creating nodes directly; more are not faster. */
const BARE_AT_A_TIME = 256;
/** The number of requests that the log has in flight. */
const LOG_AT_A_TIME = 32;
/** The number of appends that wait at the same time, as with many clients. */
const WAITING = 2_000;

const record = randomBytes(RECORD_BYTES);

/** Runs `one` for each number, `atATime` at a time; returns how many were done a second. */
async function perSecond(
  total: number,
  atATime: number,
  one: (n: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      while (next < total) await one(next++);
    }),
  );
  return total / ((performance.now() - startMs) / 1_000);
}

async function bare(session: ZooKeeperSession, parent: string, atATime: number): Promise<number> {
  await session.makePath(parent);
  return perSecond(BARE_NODES, atATime, (n) => session.create(`${parent}/${n}`, record));
}

/** @param maxEntryBytes when it has room for a single record only, the log cannot pack several into an entry */
async function logged(
  session: ZooKeeperSession,
  path: string,
  records: number,
  waiting: number,
  maxEntryBytes?: number,
): Promise<number> {
  const log = await openZooKeeperLog({
    session,
    path,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    maxEntryBytes,
  });
  await log.recover({ restart: () => {}, apply: () => {} });
  const result = await perSecond(records, waiting, () => log.append(record));
  await log.close();
  return result;
}

const [load = 0] = loadavg();
const server = await startZooKeeper({ tickMs: 2_000, heapMb: 768 });
const session = openSession({
  servers: parseConnectString(server.address).servers,
  sessionTimeoutMs: 30_000,
  clock: systemClock,
  random: systemRandom,
  log: silentLogger,
});
try {
  await connected(session);
  await bare(session, '/warm', BARE_AT_A_TIME);
  const rounds: Record<'bare' | 'bareAsMany' | 'alone' | 'packed', number>[] = [];
  for (let round = 0; round < ROUNDS; round++)
    rounds.push({
      bare: await bare(session, `/bare-${round}`, BARE_AT_A_TIME),
      bareAsMany: await bare(session, `/bare-as-many-${round}`, LOG_AT_A_TIME),
      alone: await logged(session, `/alone-${round}`, LONE_RECORDS, LOG_AT_A_TIME, RECORD_BYTES + 32),
      packed: await logged(session, `/packed-${round}`, PACKED_RECORDS, WAITING),
    });
  const middle = (of: (round: (typeof rounds)[number]) => number) => median(rounds.map(of));
  const machine = `median of ${ROUNDS} rounds, one standalone server on the same machine, ${availableParallelism()} cores, load ${load.toFixed(1)} before, node ${process.version}`;
  const bareText = (bare: number, atATime: number) =>
    `bare: ${bare.toFixed(0)} creates/s of ${RECORD_BYTES} B, ${atATime} on their way`;
  figure({
    name: 'ratio_to_bare',
    value: middle(({ packed, bare }) => packed / bare),
    unit: 'x',
    conditions: `log: ${middle(({ packed }) => packed).toFixed(0)} records/s, ${WAITING} waiting at a time, those that wait packed into entries of up to 512 KB; ${bareText(
      middle(({ bare }) => bare),
      BARE_AT_A_TIME,
    )}; ${machine}`,
  });
  figure({
    name: 'ratio_to_bare_unpacked',
    value: middle(({ alone, bareAsMany }) => alone / bareAsMany),
    unit: 'x',
    conditions: `log: ${middle(({ alone }) => alone).toFixed(0)} records/s, each an entry of its own, ${LOG_AT_A_TIME} on their way; ${bareText(
      middle(({ bareAsMany }) => bareAsMany),
      LOG_AT_A_TIME,
    )}; ${machine}`,
  });
} finally {
  await session.close();
  await server.stop();
}
