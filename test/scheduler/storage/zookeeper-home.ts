import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { seededRandom, systemRandom } from '../../../src/base/random.ts';
import { type Log, openZooKeeperLog } from '../../../src/scheduler/storage/index.ts';
import { unpacker } from '../../../src/scheduler/storage/log/zookeeper/entry.ts';
import type { ZooKeeperLogOptions } from '../../../src/scheduler/storage/log/zookeeper/zookeeper-log.ts';
import { openSession, parseConnectString, type ZooKeeperSession } from '../../../src/zookeeper/index.ts';

export interface OpenedLog {
  readonly log: Log;
  readonly session: ZooKeeperSession;
  /** Closes the log, then the session. */
  close(): Promise<void>;
}

/** A session with short limits. */
export const sessionAt = (address: string, sessionTimeoutMs = 4_000): ZooKeeperSession =>
  openSession({
    servers: parseConnectString(address).servers,
    sessionTimeoutMs,
    connectTimeoutMs: 2_000,
    backoff: { initialMs: 20, maxMs: 100 },
    clock: systemClock,
    random: seededRandom(7),
    log: silentLogger,
  });

/** A log over a session of its own, as a process has it. */
export async function openLogAt(
  address: string,
  path: string,
  options: Partial<ZooKeeperLogOptions> = {},
): Promise<OpenedLog> {
  const session = options.session ?? sessionAt(address);
  const log = await openZooKeeperLog({
    session,
    path,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    ...options,
  });
  const close = async () => {
    await log.close();
    await session.close();
  };
  return { log: { ...log, close }, session, close };
}

export interface RawEntry {
  readonly number: number;
  readonly term: number;
  readonly bytes: number;
  /** Records that end in it, as texts. */
  readonly records: readonly string[];
}

/** The entries as they stand in the ensemble, in order; throws when a term goes back or an entry is damaged. */
export async function rawEntries(session: ZooKeeperSession, path: string): Promise<RawEntry[]> {
  const names = ((await session.children(`${path}/entries`)) ?? []).sort();
  const unpack = unpacker();
  const entries: RawEntry[] = [];
  for (const name of names) {
    const { data } = (await session.read(`${path}/entries/${name}`))!;
    const records = unpack.feed(data, Number(name));
    if (!Array.isArray(records)) throw new Error(`${name}: ${JSON.stringify(records)}`);
    entries.push({
      number: Number(name),
      term: unpack.term(),
      bytes: data.length,
      records: records.map((record) => Buffer.from(record).toString()),
    });
  }
  return entries;
}

/** Waits until the session is connected. */
export const connected = (session: ZooKeeperSession): Promise<void> =>
  new Promise((resolve) => {
    const look = () => {
      if (session.state() !== 'connected') return;
      stop();
      resolve();
    };
    const stop = session.onState(look);
    look();
  });
