import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import {
  failureOf,
  openSession,
  parseConnectString,
  type SessionState,
  type ZooKeeperSession,
  type ZooKeeperSessionOptions,
} from '../../src/zookeeper/index.ts';

export interface Opened {
  readonly session: ZooKeeperSession;
  /** Waits until the session enters the state. */
  until(state: SessionState): Promise<void>;
}

/** A session with short limits at `host:port,...`. */
export function openAt(address: string, options: Partial<ZooKeeperSessionOptions> = {}): Opened {
  const session = openSession({
    servers: parseConnectString(address).servers,
    sessionTimeoutMs: 2_000,
    connectTimeoutMs: 500,
    backoff: { initialMs: 20, maxMs: 100 },
    clock: systemClock,
    random: seededRandom(7),
    log: silentLogger,
    ...options,
  });
  const until = (wanted: SessionState) =>
    session.state() === wanted
      ? Promise.resolve()
      : new Promise<void>((resolve) => {
          const stop = session.onState((state) => {
            if (state !== wanted) return;
            stop();
            resolve();
          });
        });
  return { session, until };
}

/** The name of the failure that a request is rejected with; undefined when it succeeds. */
export const rejection = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return failureOf(error);
  }
  return undefined;
};
