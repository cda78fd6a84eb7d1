/**
 * The wiring of the scheduler, all of it: who is made of what, in which order things start, and in which they stop.
 * Longer than other files because it is the one place where every part is named.
 */
import { hostname as machineName } from 'node:os';
import type { TaskConfig } from '../api/index.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { type Logger, silentLogger } from '../base/log.ts';
import { type Random, systemRandom } from '../base/random.ts';
import { type SchedulerDriver, type SchedulerDriverOptions, schedulerDriver } from '../mesos/index.ts';
import type { SchedulerOptions } from './flags/parse.ts';
import { httpApp } from './http/http-app.ts';
import { adminCalls } from './http/rpc/admin.ts';
import { dispatcher } from './http/rpc/dispatch.ts';
import { jobReads } from './http/rpc/read-jobs.ts';
import { taskReads } from './http/rpc/read-tasks.ts';
import type { RpcSettings } from './http/rpc/settings.ts';
import { jobWrites } from './http/rpc/write-jobs.ts';
import { type HttpServer, serveHttp } from './http/server.ts';
import { executorPath } from './launch/executor-path.ts';
import { executors } from './launch/executors.ts';
import { executorOf } from './launch/task-info.ts';
import { lifecycle } from './lifecycle.ts';
import { frameworkCredentials } from './mesos/credentials.ts';
import { driverCalls } from './mesos/driver-calls.ts';
import { frameworkInfo } from './mesos/framework-info.ts';
import { masterDetector } from './mesos/master-detector.ts';
import { reconciliation } from './mesos/reconciliation.ts';
import { mesosSession } from './mesos/session.ts';
import { statusUpdates } from './mesos/status-updates.ts';
import { counters } from './metrics/counters.ts';
import { offerBook } from './offers/offer-book.ts';
import { offerOrder } from './offers/offer-order.ts';
import { EMPTY_BAG } from './offers/resource-bag.ts';
import { nearestFit } from './scheduling/nearest-fit.ts';
import { followState, resumePending } from './scheduling/pending-tasks.ts';
import { schedulingRound } from './scheduling/round.ts';
import { taskGroups } from './scheduling/task-groups.ts';
import { type TaskRequest, taskRequest } from './scheduling/task-request.ts';
import { startWatchdogs, stateEvents, stateManager } from './state/index.ts';
import { openLocalLog, openStorage, type Storage } from './storage/index.ts';
import { loadTiers } from './tiers.ts';

/** What a scheduler is started with: its flags, the master, and for tests the world around it. */
export interface SchedulerSettings extends SchedulerOptions {
  /** `host:port` or `zk://...`; the command that starts the embedded cluster passes that one's. */
  readonly mesosMaster: string;
  /** Whether agents run on this machine, so that the executor's file must exist here. Default false. */
  readonly localAgents?: boolean;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Logger;
  /** Makes the driver; default the one of src/mesos. */
  readonly driver?: (options: SchedulerDriverOptions) => SchedulerDriver;
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

/** Configurations are shared objects, so what a group asks for is worked out once. */
function requestCache(make: (config: TaskConfig) => TaskRequest): (config: TaskConfig) => TaskRequest {
  const known = new WeakMap<TaskConfig, TaskRequest>();
  return (config) => {
    const request = known.get(config) ?? make(config);
    known.set(config, request);
    return request;
  };
}

/** Locks the data directory and reads the state back; the lock is given up again when that fails. */
async function recover(
  { dataDir, snapshotIntervalMs: intervalMs }: SchedulerSettings,
  clock: Clock,
  logger: Logger,
  onFatal: (error: Error) => void,
): Promise<Storage> {
  const log = await openLocalLog({ directory: dataDir, logger });
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

/**
 * Starts a scheduler: locks and recovers the data directory, listens, then subscribes to Mesos. Resolves as soon as
 * the API answers; an unreachable master is tried again and again.
 * @throws AuroraError DATA_DIR_LOCKED, STORAGE, PORT_IN_USE, NETWORK, EXECUTOR, CONFIG, USAGE, BAD_PARAMETER
 */
export async function startScheduler(settings: SchedulerSettings): Promise<RunningScheduler> {
  const { clock = systemClock, random = systemRandom, log = silentLogger } = settings;
  const counted = counters();
  const life = lifecycle(counted, log);
  for (const text of settings.ignoredFlags ?? []) log.warn({}, text);

  // Everything that a wrong flag can spoil comes before anything is opened.
  const detector = masterDetector(settings.mesosMaster, { clock, random, log });
  const tiers = loadTiers(settings.tierConfig);
  const order = offerOrder(settings.offerOrder);
  const known = executors({
    ...settings,
    thermosExecutorPath: executorPath(settings.thermosExecutorPath, settings.localAgents ?? false),
  });
  const credentials =
    settings.frameworkAuthenticationFile === undefined
      ? undefined
      : frameworkCredentials(settings.frameworkAuthenticationFile);
  const hostname = settings.hostname ?? machineName();

  let announceEnd: (end: SchedulerEnd) => void = () => {};
  const finished = new Promise<SchedulerEnd>((resolve) => {
    announceEnd = resolve;
  });
  /** Set when there is something to stop. */
  let shutDown: (end: SchedulerEnd) => Promise<void> = async (end) => announceEnd(end);
  const fail = (reason: string) => {
    log.error({ reason }, 'the scheduler stops');
    void shutDown({ failed: true, reason });
  };

  life.to('PREPARING_STORAGE');
  const storage = await recover(settings, clock, log, (error) => fail(error.message));
  life.to('STORAGE_PREPARED');

  let driver: SchedulerDriver | undefined;
  const calls = driverCalls(
    {
      send: async (call) => driver?.send(call),
      subscribed: () => driver?.subscribed() ?? false,
    },
    { log, counters: counted, declineFilterMs: settings.offerFilterDurationMs },
  );
  const events = stateEvents(log);
  const state = stateManager({
    clock,
    random,
    counters: counted,
    events,
    kill: calls.kill,
    schedulerHost: hostname,
    flapping: settings,
  });
  const revocableTypes = { cpus: settings.enableRevocableCpus, ramMb: settings.enableRevocableRam };
  const book = offerBook({
    clock,
    random,
    counters: counted,
    order,
    revocableTypes,
    holdMs: settings.holdOffersForever ? undefined : settings.minOfferHoldTimeMs,
    holdJitterMs: settings.offerHoldJitterWindowMs,
    modeOf: (host) => storage.read((stores) => stores.hosts.get(host)?.mode ?? 'NONE'),
    decline: calls.decline,
  });
  const nearest = nearestFit(clock);
  const launch = {
    executors: known,
    clusterName: settings.clusterName,
    populateDiscoveryInfo: settings.populateDiscoveryInfo,
  };
  const place = schedulingRound({
    clock,
    random,
    log,
    counters: counted,
    storage,
    state,
    book,
    calls,
    nearest,
    launch,
    unavailabilityThresholdMs: settings.unavailabilityThresholdMs,
    requestOf: requestCache((config) =>
      taskRequest(
        config,
        executorOf(config, known)?.overhead ?? EMPTY_BAG,
        tiers.byName.get(config.tier ?? tiers.defaultName)?.revocable ?? false,
      ),
    ),
  });
  const groups = taskGroups({
    clock,
    random,
    counters: counted,
    firstDelayMs: settings.firstScheduleDelayMs,
    initialPenaltyMs: settings.initialSchedulePenaltyMs,
    maxPenaltyMs: settings.maxSchedulePenaltyMs,
    maxTasksPerAttempt: settings.maxTasksPerScheduleAttempt,
    maxAttemptsPerSec: settings.maxScheduleAttemptsPerSec,
    maxAttemptsPerRound: settings.schedulingMaxBatchSize,
    canPlace: () => book.size > 0,
    place,
  });
  const updates = statusUpdates({
    clock,
    log,
    counters: counted,
    storage,
    state,
    calls,
    maxBatch: settings.maxStatusUpdateBatchSize,
  });
  const reconcile = reconciliation({
    clock,
    counters: counted,
    storage,
    calls,
    batchSize: settings.reconciliationBatchSize,
    batchIntervalMs: settings.reconciliationBatchIntervalMs,
  });
  const closers: (() => void)[] = [updates.close, reconcile.close, groups.close, book.clear];
  closers.push(events.subscribe(followState({ groups, nearest, book })));

  const activate = () => {
    if (!life.to('ACTIVE')) return;
    resumePending(storage, groups, settings.maxRescheduleDelayOnStartupMs, random);
    closers.push(
      startWatchdogs({
        storage,
        state,
        events,
        clock,
        random,
        log,
        counters: counted,
        kill: calls.kill,
        settings,
      }),
    );
  };
  const session = mesosSession({
    log,
    counters: counted,
    storage,
    state,
    book,
    calls,
    updates,
    reconciliation: reconcile,
    offered: groups.wake,
    subscribed: activate,
  });

  for (const status of ['PENDING', 'RUNNING', 'FAILED', 'LOST'] as const)
    counted.gauge(`task_store_${status}`, () => storage.read((stores) => stores.tasks.countInStatus(status)));
  const rpc: RpcSettings = {
    storage,
    state,
    nearest,
    validation: { options: settings, tiers, executors: known },
  };
  const dispatch = dispatcher({
    handlers: { ...taskReads(rpc), ...jobReads(rpc), ...jobWrites(rpc), ...adminCalls(rpc) },
    storage,
    clock,
    counters: counted,
    log,
    serverInfo: { clusterName: settings.clusterName, statsUrlPrefix: settings.vizJobUrlPrefix },
    notReady: () => (life.state() === 'DEAD' ? 'the scheduler is stopping' : undefined),
  });
  const app = httpApp({
    dispatch,
    counters: counted,
    log,
    corsOrigin: settings.enableCorsFor,
    healthy: () => life.state() !== 'DEAD',
    leading: () => life.state() === 'ACTIVE',
  });

  let http: HttpServer;
  try {
    http = await serveHttp(app, settings.httpPort, settings.ip);
  } catch (error) {
    for (const close of closers) close();
    await storage.close();
    throw error;
  }

  const announced = settings.frameworkAnnouncePrincipal ? credentials?.principal : undefined;
  driver = (settings.driver ?? schedulerDriver)({
    detector,
    frameworkInfo: frameworkInfo(settings, {
      id: storage.read((stores) => stores.framework.id()),
      hostname,
      httpPort: http.port,
      principal: announced,
    }),
    credentials,
    clock,
    random,
    log,
    on: session.event,
    onDisconnected: session.disconnected,
    onError: (message) => fail(mesosEnd(message)),
  });

  let stopping: Promise<void> | undefined;
  shutDown = (end) => {
    stopping ??= (async () => {
      life.to('DEAD');
      for (const close of closers.splice(0)) close();
      await driver?.stop();
      await http.close();
      await storage.close().catch((error: unknown) => log.error({ error }, 'the state was not closed well'));
      announceEnd(end);
    })();
    return stopping;
  };

  life.to('LEADER_AWAITING_REGISTRATION');
  const remind = () => {
    const timer = clock.after(settings.maxRegistrationDelayMs, () => {
      if (life.state() !== 'LEADER_AWAITING_REGISTRATION') return;
      log.warn({ master: settings.mesosMaster }, 'Mesos has not accepted the framework yet; still trying');
      remind();
    });
    closers.push(() => timer.cancel());
  };
  remind();
  driver.start();
  log.info(
    { port: http.port, cluster: settings.clusterName, master: settings.mesosMaster },
    'the scheduler is up',
  );
  return {
    httpPort: http.port,
    stop: () => shutDown({ failed: false, reason: 'stopped' }),
    finished,
  };
}
