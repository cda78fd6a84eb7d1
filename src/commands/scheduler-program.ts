import { fileURLToPath } from 'node:url';
import { messageOf } from '../base/errors.ts';
import type { Session } from '../client/session.ts';
import { type LaunchedCluster, launchCluster, stopCluster } from '../local/index.ts';
import { type RunningScheduler, startScheduler } from '../scheduler/app.ts';
import { parseSchedulerFlags, type SchedulerOptions } from '../scheduler/flags/parse.ts';
import { programLog } from './program-log.ts';
import { schedulerDefaults } from './scheduler-defaults.ts';

/** Whether this runs from the sources; then there is no bundle of the cluster. */
const IS_SOURCE = import.meta.url.endsWith('.ts');

/** Files of the build, from one of its bundles. */
const built = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Exit code of a scheduler that ended although nobody stopped it. */
const FAILED = 1;

/**
 * Runs a scheduler, with an embedded cluster when no Mesos master is given, until it is stopped or fails; the result is
 * the exit code. Throws AuroraError when it cannot start.
 */
export async function runScheduler(session: Session, words: readonly string[]): Promise<number> {
  const options = parseSchedulerFlags([...schedulerDefaults(session.env), ...words]);
  const { mesosMaster } = options;
  const log = programLog(session.complain);
  const stopped = stopRequest(session.signal);
  const cluster = mesosMaster === undefined ? await launched(options, log) : undefined;
  let scheduler: RunningScheduler;
  try {
    scheduler = await startScheduler(
      cluster
        ? { ...options, ...embedded(options), mesosMaster: cluster.master, log }
        : { ...options, mesosMaster: mesosMaster as string, log },
    );
  } catch (error) {
    // a cluster that was there before belongs to someone else
    if (cluster?.started) await stopCluster(options);
    throw error;
  }
  const { httpPort, httpScheme, led } = scheduler;
  if (options.serversetPath !== undefined)
    session.print(`Cluster ${options.clusterName}: standing by at ${httpScheme}://127.0.0.1:${httpPort}\n`);
  led.then(() => session.print(readyText(options, scheduler, cluster)));
  const ended = await Promise.race([stopped, scheduler.finished]);
  if (ended !== 'stop') {
    session.complain(`${ended.reason}\n`);
    return ended.failed ? FAILED : 0;
  }
  await scheduler.stop();
  if (cluster) await ending(() => stopCluster(options), log);
  return 0;
}

/**
 * The embedded cluster runs tasks on the user's own machine, where a job's role is seldom a user: they run as whoever
 * started the scheduler, unless flags for the executor say otherwise. Whoever reaches the API can run commands
 * here, so only this machine reaches it, unless a flag opens it.
 */
const embedded = ({ ip, thermosExecutorFlags }: SchedulerOptions) => ({
  localAgents: true,
  ip: ip ?? '127.0.0.1',
  thermosExecutorFlags: thermosExecutorFlags || '--nosetuid',
});

/** What agents of a real cluster are set up with, so that constraints on `host` and `rack` hold here, too. */
const ATTRIBUTES = 'host:localhost;rack:local';

const launched = (
  { dataDir }: SchedulerOptions,
  log: ReturnType<typeof programLog>,
): Promise<LaunchedCluster> =>
  launchCluster({
    dataDir,
    log,
    agents: [{ attributes: ATTRIBUTES }],
    ...(IS_SOURCE ? {} : { command: [process.execPath, built('local-cluster.js')] }),
  });

/** Resolves when the user or a supervisor wants the scheduler to stop. */
const stopRequest = (interrupted: AbortSignal): Promise<'stop'> =>
  new Promise((resolve) => {
    interrupted.addEventListener('abort', () => resolve('stop'), { once: true });
    process.once('SIGTERM', () => resolve('stop'));
  });

async function ending(stop: () => Promise<void>, log: ReturnType<typeof programLog>): Promise<void> {
  try {
    await stop();
  } catch (error) {
    log.error({}, messageOf(error));
  }
}

const readyText = (
  { clusterName, dataDir, logAddress, logZkPath }: SchedulerOptions,
  { httpPort, httpScheme }: RunningScheduler,
  cluster: LaunchedCluster | undefined,
): string =>
  [
    `Cluster ${clusterName} is up: ${httpScheme}://127.0.0.1:${httpPort}`,
    ` (state in ${(logAddress ?? logZkPath) ? 'ZooKeeper' : dataDir}${cluster ? `, embedded Mesos master at ${cluster.master}` : ''})\n`,
  ].join('');
