import { hostname as machineName } from 'node:os';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { type Logger, silentLogger } from '../base/log.ts';
import { type Random, systemRandom } from '../base/random.ts';
import {
  masterDetector,
  type SchedulerDriver,
  type SchedulerDriverOptions,
  schedulerDriver,
} from '../mesos/index.ts';
import type { SchedulerOptions } from './flags/parse.ts';
import { type HttpServer, serveHttp } from './http/server.ts';
import { executorPath } from './launch/executor-path.ts';
import { executors } from './launch/executors.ts';
import { type Lifecycle, lifecycle } from './lifecycle.ts';
import { frameworkCredentials } from './mesos/credentials.ts';
import { driverCalls } from './mesos/driver-calls.ts';
import { frameworkInfo } from './mesos/framework-info.ts';
import { counters } from './metrics/counters.ts';
import { processVars } from './metrics/process-vars.ts';
import { offerOrder } from './offers/offer-order.ts';
import { schedulerParts } from './parts.ts';
import { type Log, openLocalLog, openStorage, type Storage } from './storage/index.ts';
import { loadTiers } from './tiers.ts';

/** What a scheduler is started with: its flags, the master, and for tests the world around it. */
export interface SchedulerSettings extends SchedulerOptions {
  /** `host:port` or `zk://...`; the command that starts the embedded cluster passes that one's. */
  readonly mesosMaster: string;
  /** Whether agents run on this machine, so that the executor's file must exist here. Default false. */
  readonly localAgents?: boolean;
  /** Of the program, for `build.version` of /vars. */
  readonly version?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Logger;
  /** Opens the log; default a local one in `dataDir`. */
  readonly openLog?: () => Promise<Log>;
  /** Makes the driver; default the one of src/mesos. */
  readonly driver?: (options: SchedulerDriverOptions) => SchedulerDriver;
  /** Opens the API to its clients; default on a socket. */
  readonly serve?: typeof serveHttp;
}

/** Why a scheduler ended. */
export interface SchedulerEnd {
  /** False after `stop`. */
  readonly failed: boolean;
  /** For a person: what happened and, where there is something to do, what. */
  readonly reason: string;
}

export interface RunningScheduler {
  readonly httpPort: number;
  /** Lets go of Mesos (tasks go on running), answers what was asked, closes the state. Can be called again. */
  stop(): Promise<void>;
  /** Resolves when the scheduler has ended, by `stop` or by itself; never rejects. */
  readonly finished: Promise<SchedulerEnd>;
}

/** A snapshot is taken after this much log, too. */
const SNAPSHOT_LOG_BYTES = 64 * 2 ** 20;

const REMOVED = /framework has been removed/i;

const mesosEnd = (message: string): string =>
  REMOVED.test(message)
    ? `Mesos does not take this framework back: ${message}; its tasks are gone, start again with an empty -data_dir`
    : `Mesos ended the framework: ${message}`;

/** Locks the data directory and reads the state back; the lock is given up again when that fails. */
async function recover(
  { dataDir, openLog, snapshotIntervalMs: intervalMs }: SchedulerSettings,
  clock: Clock,
  logger: Logger,
  onFatal: (error: Error) => void,
): Promise<Storage> {
  const log = await (openLog?.() ?? openLocalLog({ directory: dataDir, logger, clock }));
  try {
    return await openStorage({
      log,
      clock,
      logger,
      snapshots: { logBytes: SNAPSHOT_LOG_BYTES, intervalMs },
      onFatal,
    });
  } catch (error) {
    await log.close();
    throw error;
  }
}

/** Everything that a wrong flag can spoil; opens nothing. */
function checked(settings: SchedulerSettings, world: World) {
  const { frameworkAuthenticationFile: authentication, thermosExecutorPath: executor } = settings;
  return {
    detector: masterDetector(settings.mesosMaster, world),
    tiers: loadTiers(settings.tierConfig),
    order: offerOrder(settings.offerOrder),
    executors: executors({
      ...settings,
      thermosExecutorPath: executorPath(executor, settings.localAgents ?? false),
    }),
    credentials: authentication === undefined ? undefined : frameworkCredentials(authentication),
    hostname: settings.hostname ?? machineName(),
  };
}

interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Says again and again that Mesos does not answer, until it does; the result ends that. */
function remindOfMesos(settings: SchedulerSettings, { clock, log }: World, life: Lifecycle): () => void {
  const arm = () =>
    clock.after(settings.maxRegistrationDelayMs, () => {
      if (life.state() !== 'LEADER_AWAITING_REGISTRATION') return;
      log.warn({ master: settings.mesosMaster }, 'Mesos has not accepted the framework yet; still trying');
      timer = arm();
    });
  let timer = arm();
  return () => timer.cancel();
}

/**
 * Starts a scheduler: locks and recovers the data directory, listens, then subscribes to Mesos. Resolves as soon as
 * the API answers; an unreachable master is tried again and again.
 * @throws AuroraError DATA_DIR_LOCKED, STORAGE, PORT_IN_USE, NETWORK, EXECUTOR, CONFIG, USAGE, BAD_PARAMETER
 */
export async function startScheduler(settings: SchedulerSettings): Promise<RunningScheduler> {
  const { clock = systemClock, random = systemRandom, log = silentLogger } = settings;
  const world: World = { clock, random, log };
  const counted = counters(clock, settings.statSamplingIntervalMs);
  processVars(counted, clock, settings.version);
  const life = lifecycle(counted, log);
  for (const text of settings.ignoredFlags ?? []) log.warn({}, text);
  const { credentials, detector, ...made } = checked(settings, world);

  let announceEnd: (end: SchedulerEnd) => void = () => {};
  const finished = new Promise<SchedulerEnd>((resolve) => {
    announceEnd = resolve;
  });
  let stopping: Promise<void> | undefined;
  let driver: SchedulerDriver | undefined;
  let server: HttpServer | undefined;
  const closers: (() => void)[] = [];
  const shutDown = async (end: SchedulerEnd) => {
    life.to('DEAD');
    for (const close of closers.splice(0)) close();
    await driver?.stop();
    await server?.close();
    const closed = storage.close();
    await closed.catch((error: unknown) =>
      log.error({ error: messageOf(error) }, 'the state was not closed well'),
    );
    announceEnd(end);
  };
  const end = (failed: boolean, reason: string): Promise<void> => {
    if (failed) log.error({ reason }, 'the scheduler stops');
    stopping ??= shutDown({ failed, reason });
    return stopping;
  };

  life.to('PREPARING_STORAGE');
  const storage = await recover(settings, clock, log, (error) => void end(true, error.message));
  life.to('STORAGE_PREPARED');
  const calls = driverCalls(
    { send: async (call) => driver?.send(call), subscribed: () => driver?.subscribed() ?? false },
    { log, counters: counted, declineFilterMs: settings.offerFilterDurationMs },
  );
  const parts = schedulerParts({
    ...made,
    ...world,
    options: settings,
    counters: counted,
    storage,
    calls,
    life,
  });
  closers.push(parts.close);
  try {
    server = await (settings.serve ?? serveHttp)(parts.http, settings.httpPort, settings.ip);
  } catch (error) {
    await end(true, messageOf(error));
    throw error;
  }
  const httpPort = server.port;
  driver = (settings.driver ?? schedulerDriver)({
    ...world,
    detector,
    credentials,
    frameworkInfo: frameworkInfo(settings, {
      id: storage.read((stores) => stores.framework.id()),
      hostname: made.hostname,
      httpPort,
      principal: settings.frameworkAnnouncePrincipal ? credentials?.principal : undefined,
    }),
    on: parts.session.event,
    onDisconnected: parts.session.disconnected,
    onError: (message) => void end(true, mesosEnd(message)),
  });
  life.to('LEADER_AWAITING_REGISTRATION');
  closers.push(remindOfMesos(settings, world, life));
  driver.start();
  log.info({ httpPort, cluster: settings.clusterName, master: settings.mesosMaster }, 'the scheduler is up');
  return { httpPort, stop: () => end(false, 'stopped'), finished };
}
