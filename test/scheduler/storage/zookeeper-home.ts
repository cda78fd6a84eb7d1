import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { seededRandom, systemRandom } from '../../../src/base/random.ts';
import { type Log, openZooKeeperLog } from '../../../src/scheduler/storage/index.ts';
import type { ZooKeeperLogOptions } from '../../../src/scheduler/storage/log/zookeeper/zookeeper-log.ts';
import { openSession, parseConnectString, type Session } from '../../../src/zookeeper/index.ts';

export interface OpenedLog {
  readonly log: Log;
  readonly session: Session;
  /** Closes the log, then the session. */
  close(): Promise<void>;
}

/** A session with short limits. */
export const sessionAt = (address: string, sessionTimeoutMs = 4_000): Session =>
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
