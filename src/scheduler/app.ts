import { systemClock } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import { silentLogger } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { loadTracing } from '../base/tracing.ts';
import { schedulerDriver } from '../mesos/index.ts';
import { openTls } from '../tls/server.ts';
import { openAudit } from './audit/open-audit.ts';
import { checkedFlags } from './checked-flags.ts';
import { flagSlice } from './flags/slices.ts';
import { connectionOptions } from './http/connection-options.ts';
import { openFront } from './http/front.ts';
import { httpsRedirect } from './http/https-redirect.ts';
import type { Leader } from './http/leader-redirect.ts';
import { serveHttp } from './http/server.ts';
import { standbyApp } from './http/standby-app.ts';
import { type Candidacy, candidate, unopposed } from './leader/candidacy.ts';
import type { EnsemblePlace } from './leader/ensemble.ts';
import { lead } from './leader/leading.ts';
import { type LogHome, openLogHome } from './leader/log-home.ts';
import { lifecycle } from './lifecycle.ts';
import { mastersTls } from './mesos/masters-tls.ts';
import { declareAll } from './metrics/catalogue.ts';
import { countedTimers } from './metrics/counted-timers.ts';
import { counters } from './metrics/counters.ts';
import { processVars } from './metrics/process-vars.ts';
import { timedStorage } from './metrics/timed-storage.ts';
import type { SchedulerSettings } from './scheduler-settings.ts';
import { loadSecurity } from './security/load-security.ts';
import { checkSecretFiles } from './security/secret-files.ts';
import { type SchedulerEnd, shutdown } from './shutdown.ts';
import { openStorage, type Storage } from './storage/index.ts';
import { type Traces, traces } from './tracing/traces.ts';

export interface RunningScheduler {
  readonly httpPort: number;
  readonly httpScheme: 'http' | 'https';
  /** The port that redirects http to https; undefined when there is none. */
  readonly redirectPort: number | undefined;
  /** Resolves when this scheduler leads and its API answers; stays pending while it stands by. Never rejects. */
  readonly led: Promise<void>;
  /** Disconnects from Mesos (tasks keep running), finishes open requests and closes the state. May be called again. */
  stop(): Promise<void>;
  /** Resolves when the scheduler has ended, through `stop` or by itself. Never rejects. */
  readonly finished: Promise<SchedulerEnd>;
}

/**
 * The announced endpoint's name. The default `http` becomes `https` with TLS, or clients would speak http to the
 * encrypted port; a name set for a proxy is kept.
 */
const endpointName = (
  { serversetEndpointName: name }: SchedulerSettings,
  scheme: 'http' | 'https',
): string => (scheme === 'https' && name === 'http' ? 'https' : name);

const traced = (storage: Storage, spans: Traces | undefined): Storage => spans?.storage(storage) ?? storage;

/**
 * Starts a scheduler: listens, opens the log, takes part in the election if there is one, and as leader subscribes to
 * Mesos. Resolves when the API answers, or with -serverset_path as soon as it stands by. An unreachable master or
 * ZooKeeper is retried again and again.
 * @throws AuroraError DATA_DIR_LOCKED, STORAGE, PORT_IN_USE, NETWORK, EXECUTOR, CONFIG, USAGE, BAD_PARAMETER
 */
export async function startScheduler(settings: SchedulerSettings): Promise<RunningScheduler> {
  const { clock: machineClock = systemClock, random = systemRandom, log = silentLogger } = settings;
  const counted = counters(machineClock, settings.statSamplingIntervalMs);
  declareAll(counted);
  const clock = countedTimers(machineClock, counted);
  const world = { clock, random, log };
  for (const text of settings.ignoredFlags ?? []) log.warn({}, text);
  const { election, place, ...flags } = checkedFlags(settings, world);
  await checkSecretFiles(
    [settings.frameworkAuthenticationFile, settings.kerberosServerKeytab],
    settings.refuseReadableSecrets,
    log,
  );
  const tracing = await loadTracing();
  const spans = tracing && traces(tracing);
  const security = await loadSecurity({
    ...world,
    counters: counted,
    flags: flagSlice(settings, 'security'),
  });
  const audit = openAudit({
    ...world,
    counters: counted,
    isAsked: security !== undefined,
    flags: flagSlice(settings, 'auditing'),
  });
  const tls = await openTls({ ...world, counters: counted, flags: flagSlice(settings, 'encrypting') });
  const toMesos = await mastersTls({
    ...world,
    counters: counted,
    flags: flagSlice(settings, 'encryptingMesos'),
  });
  if (settings.httpRedirectPort !== undefined && !tls)
    throw new AuroraError('USAGE', 'flag -http_redirect_port needs -http_tls_certificate to lead to');
  const made = { ...flags, security, audit, httpScheme: tls ? 'https' : 'http' } as const;
  let candidacy: Candidacy | undefined = election ? undefined : unopposed;
  processVars(counted, clock, settings.version);
  const leader = (): Leader => candidacy?.leader() ?? 'nobody';
  const life = lifecycle(counted, log, (state) => {
    if (state === 'ACTIVE') candidacy?.announce();
  });
  const ending = shutdown(clock, log, () => life.to('DEAD'));
  const fail = (reason: unknown) => ending.end(true, messageOf(reason));
  const common = { ...world, counters: counted, leader };

  const front = await openFront(
    settings.serve ?? serveHttp,
    standbyApp({
      ...common,
      clusterName: settings.clusterName,
      statsUrlPrefix: settings.vizJobUrlPrefix,
      sites: made.sites,
      security,
      audit,
      limits: flagSlice(settings, 'limiting'),
      healthy: () => !ending.begun(),
    }),
    settings.httpPort,
    settings.ip,
    { ...connectionOptions(flagSlice(settings, 'connecting'), { counters: counted, log }), tls },
  );
  const httpPort = front.port;
  ending.on('http', front.close);
  let redirectPort: number | undefined;
  if (settings.httpRedirectPort !== undefined) {
    const redirect = httpsRedirect(() => httpPort, made.hostname, made.sites);
    try {
      const opened = await (settings.serve ?? serveHttp)(
        redirect,
        settings.httpRedirectPort,
        settings.ip,
        connectionOptions(flagSlice(settings, 'connecting'), { log }),
      );
      redirectPort = opened.port;
      ending.on('http', opened.close);
    } catch (error) {
      await fail(error);
      throw error;
    }
  }
  if (toMesos) ending.on('state', async () => toMesos.close());
  if (audit) ending.on('state', audit.close);
  if (tracing) ending.on('state', tracing.flush);

  let leads: () => void = () => {};
  const led = new Promise<void>((resolve) => {
    leads = resolve;
  });
  /** Reads the state, follows it while another scheduler leads, and then takes it over. */
  const takeOver = async (home: LogHome, standing: Candidacy): Promise<void> => {
    let storage: Storage | undefined;
    ending.on('state', async () => {
      await (storage ?? home.log).close();
      await home.close();
    });
    let sinceMs = clock.monotonicMs();
    // A standby follows the log while another leads. The time to recover is measured from the moment of its election.
    standing.elected.then(
      () => {
        sinceMs = clock.monotonicMs();
      },
      () => {}, // openStorage rejects with the same error
    );
    storage = await openStorage({
      log: home.log,
      clock,
      logger: log,
      counters: counted,
      deflate: settings.deflate,
      lead: standing.elected,
      snapshots: { intervalMs: settings.snapshotIntervalMs },
      onFatal: fail,
    });
    counted.time('scheduler_storage_recover', clock.monotonicMs() - sinceMs);
    if (ending.begun()) return;
    const app = lead({
      ...common,
      ...made,
      traces: spans,
      options: settings,
      mesosMaster: settings.mesosMaster,
      version: settings.version,
      backupDisk: settings.backupDisk,
      makeDriver: settings.driver ?? schedulerDriver,
      connect: toMesos?.connect,
      storage: traced(timedStorage(storage, common), spans),
      life,
      httpPort,
      ending,
    });
    front.show(app);
    log.info(
      { httpPort, cluster: settings.clusterName, master: settings.mesosMaster },
      'the scheduler is up',
    );
    leads();
  };
  try {
    life.to('PREPARING_STORAGE');
    const preparingMs = clock.monotonicMs();
    const home = await openLogHome({
      ...world,
      place,
      dataDir: settings.dataDir,
      maxEntryBytes: settings.logMaxEntryBytes,
      openLog: settings.openLog,
    });
    counted.time('scheduler_storage_prepare', clock.monotonicMs() - preparingMs);
    life.to('STORAGE_PREPARED');
    candidacy ??= candidate({
      ...common,
      place: election as EnsemblePlace,
      endpoint: { host: made.hostname, port: httpPort },
      endpointName: endpointName(settings, made.httpScheme),
      logIdentity: home.identity,
    });
    ending.on('announcement', candidacy.withdraw);
    ending.on('candidacy', candidacy.leave);
    candidacy.defeated.then(fail);
    const taken = takeOver(home, candidacy);
    if (election) taken.catch(fail);
    else await taken;
  } catch (error) {
    await fail(error);
    throw error;
  }
  const { httpScheme } = made;
  const stop = () => ending.end(false, 'stopped');
  return { httpPort, httpScheme, redirectPort, led, stop, finished: ending.finished };
}
