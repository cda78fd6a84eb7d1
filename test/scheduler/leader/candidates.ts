import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { systemRandom } from '../../../src/base/random.ts';
import type { SchedulerSettings } from '../../../src/scheduler/scheduler-settings.ts';
import { openSession, type ZooKeeperSession } from '../../../src/zookeeper/index.ts';
import type { ZooKeeperServer } from '../../zookeeper/server.ts';
import { type TestScheduler, testScheduler } from '../running.ts';

/** Sessions may be no shorter than two ticks. */
export const TICK_MS = 200;
export const SESSION_MS = 1_000;

/** Schedulers of one cluster, its path in ZooKeeper its own. */
export interface Candidates {
  readonly path: string;
  /** A scheduler that stands for election; its Mesos is silent. With `shared` its log is in ZooKeeper. */
  start(log: 'shared' | 'own', change?: Partial<SchedulerSettings>): Promise<TestScheduler>;
  /** Stops all of them. */
  stop(): Promise<void>;
}

export function candidates(
  zooKeeper: ZooKeeperServer,
  name: string,
  more: readonly string[] = [],
): Candidates {
  const started: TestScheduler[] = [];
  const path = `/${name}/scheduler`;
  const flags = [
    `-zk_endpoints=${zooKeeper.address}`,
    `-serverset_path=${path}`,
    `-zk_session_timeout=${SESSION_MS}ms`,
    '-zk_connection_timeout=1secs',
    ...more,
  ];
  return {
    path,
    async start(log, change = {}) {
      const home = log === 'shared' ? [`-native_log_zk_group_path=/${name}/log`] : [];
      const scheduler = await testScheduler({ hostname: '127.0.0.1', ...change }, [...flags, ...home]);
      started.push(scheduler);
      return scheduler;
    },
    stop: async () => void (await Promise.all(started.map((scheduler) => scheduler.stop()))),
  };
}

/** Lets it lead, with Mesos' consent. */
export async function active(scheduler: TestScheduler, frameworkId?: string): Promise<void> {
  await scheduler.running().led;
  scheduler.mesos.subscribe(frameworkId);
}

/** A session of a bystander, connected. */
export async function bystander(zooKeeper: ZooKeeperServer): Promise<ZooKeeperSession> {
  const session = openSession({
    servers: [{ host: '127.0.0.1', port: zooKeeper.port }],
    sessionTimeoutMs: 10_000,
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
  });
  await new Promise<void>((connected) => session.onState((state) => state === 'connected' && connected()));
  return session;
}

/** Asks again, without haste, until there is a value; the test's own limit ends it. */
export async function until<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    await new Promise((next) => setTimeout(next, 20));
  }
}

/** One request, redirects not followed. */
export const ask = (scheduler: TestScheduler, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${scheduler.running().httpPort}${path}`, { redirect: 'manual', ...init });
