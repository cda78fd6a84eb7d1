import type { Clock, Timer } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import {
  openSession,
  parseConnectString,
  type ServerSetPlace,
  serverSetPlace,
  type ZooKeeperSession,
} from '../../zookeeper/index.ts';
import type { Companion, CompanionTask } from '../companion.ts';
import type { TaskAnnouncement } from './announcement.ts';
import type { AnnouncerAuth } from './auth.ts';

interface AnnouncerOptions extends TaskAnnouncement {
  readonly auth: AnnouncerAuth;
  /** How long the first connection may take. Source: the original, which derives it from the health check's limits. */
  readonly connectMs: number;
  /** See AnnouncerFlags. */
  readonly whenStarting: boolean;
  /** Set only by tests, for which the session's default is too long. */
  readonly sessionTimeoutMs?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export interface Announcer extends Companion {
  /** Withdraws a member that no longer answers, and joins again once it does. */
  healthy(answers: boolean): void;
  /** Seconds for which the member has been absent; 0 while it is present. */
  disconnectedSecs(): number;
}

/** Makes the announcer of a task. */
export type MakeAnnouncer = (options: AnnouncerOptions) => Announcer;

/**
 * Announces tasks in ZooKeeper while they are RUNNING and answer. A task waits for the first connection; later outages
 * of ZooKeeper do not affect it, but refused credentials end it.
 * @param ensemble ZooKeeper's connect string
 * @throws AuroraError BAD_PARAMETER for an invalid connect string
 */
export function announcerAt(ensemble: string): MakeAnnouncer {
  const { servers, path: chroot, digest } = parseConnectString(ensemble);
  const shown = servers.map(({ host, port }) => `${host}:${port}`).join(', ');
  return (options) => {
    const { clock, log, auth, connectMs } = options;
    let session: ZooKeeperSession | undefined;
    let place: ServerSetPlace | undefined;
    let patience: Timer | undefined;
    let running = false;
    let answers = true;
    let leaving = false;
    let awayMs = clock.monotonicMs();

    const settle = () => {
      if (leaving) return;
      if ((running || options.whenStarting) && answers) place?.join();
      else void place?.leave();
    };

    const connect = (task: CompanionTask) => {
      const common = { clock, random: options.random, log };
      const opened = openSession({
        servers,
        ...(chroot === '/' ? {} : { chroot }),
        digest,
        credentials: auth.credentials,
        sessionTimeoutMs: options.sessionTimeoutMs,
        ...common,
      });
      session = opened;
      place = serverSetPlace({
        session: opened,
        path: options.path,
        member: options.member,
        access: auth.access,
        onChange: (joined) => {
          if (!joined) awayMs = clock.monotonicMs();
        },
        ...common,
      });
      patience = clock.after(connectMs, () =>
        task.end({
          kind: 'not announced',
          reason: `none of the ZooKeeper servers ${shown} could be reached within ${connectMs / 1000} s`,
        }),
      );
      const connected = () => {
        patience?.cancel();
        task.pass();
      };
      opened.onState((state) => {
        if (state === 'connected') connected();
        if (state === 'closed' && !leaving)
          task.end({ kind: 'not announced', reason: "ZooKeeper refuses the announcer's credentials" });
      });
    };

    return {
      name: 'announcer',
      gate: true,
      start(task) {
        connect(task);
        settle();
      },
      running() {
        running = true;
        settle();
      },
      healthy(now) {
        answers = now;
        settle();
      },
      async leave() {
        leaving = true;
        patience?.cancel();
        await place?.leave();
      },
      stop() {
        leaving = true;
        patience?.cancel();
        void session?.close();
      },
      disconnectedSecs: () => (place?.joined() ? 0 : (clock.monotonicMs() - awayMs) / 1000),
    };
  };
}
