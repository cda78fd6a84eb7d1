import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { messageOf } from '../base/errors.ts';
import type { Session } from '../client/session.ts';
import { type LaunchedCluster, launchCluster, stopCluster } from '../local/index.ts';
import { type RunningScheduler, startScheduler } from '../scheduler/app.ts';
import { parseSchedulerFlags, type SchedulerOptions } from '../scheduler/flags/parse.ts';
import { programLog } from './program-log.ts';
import { schedulerDefaults } from './scheduler-defaults.ts';

/** Whether this runs from the sources, which have no bundle of the cluster. */
const IS_SOURCE = import.meta.url.endsWith('.ts');

/** The path of a file of the build, as seen from one of its bundles. */
const built = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The exit code of a scheduler that ended although nobody stopped it. */
const FAILED = 1;

/**
 * V8 alone lets a large heap grow to three or four times of what is in use, most of it old versions of tasks between the new ones,
 * and a collection leaves the gaps. At 40 % more than what is in use, the start of a million tasks takes 66 collections, not 27.
 */
const HEAP_GROWTH = '--heap-growing-percent';
const limitHeapGrowth = () => {
  if (!process.execArgv.some((flag) => flag.startsWith(HEAP_GROWTH)))
    setFlagsFromString(`${HEAP_GROWTH}=100`);
};

/**
 * Runs a scheduler until it is stopped or fails, and returns the exit code. Without a Mesos master it starts an
 * embedded cluster. Throws AuroraError when it cannot start.
 */
export async function runScheduler(session: Session, words: readonly string[]): Promise<number> {
  limitHeapGrowth();
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
    // A cluster that ran before belongs to someone else and is left alone.
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
 * Options for the embedded cluster, which runs tasks on the user's own machine. A job's role is seldom a user there, so
 * tasks run as the user who started the scheduler unless flags for the executor say otherwise. Whoever reaches the API
 * can run commands here, so it only listens on loopback unless a flag opens it.
 */
const embedded = ({ ip, thermosExecutorFlags }: SchedulerOptions) => ({
  localAgents: true,
  ip: ip ?? '127.0.0.1',
  thermosExecutorFlags: thermosExecutorFlags || '--nosetuid',
});

/**
 * Attributes that agents of a real cluster usually have, so that constraints on `host` and `rack` can be met here too.
 */
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

/** Resolves when the user or a supervisor asks the scheduler to stop. */
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
