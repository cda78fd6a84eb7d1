import { systemClock } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { loadTracing, type Tracing } from '../base/tracing.ts';
import { type ExecutorDriver, executorDriver } from '../mesos/executor-driver.ts';
import { type ExecutorEnvironment, takeExecutorEnvironment } from '../mesos/executor-environment.ts';
import type { ExecutorEvent } from '../mesos/messages/types.ts';
import { type AnnouncerAuth, NO_AUTH } from './announcer/auth.ts';
import type { MakeAnnouncer } from './announcer/companion.ts';
import { type ExecutorFlags, parseFlags } from './flags.ts';
import { lastReports } from './last-reports.ts';
import { lineLogger } from './log-lines.ts';
import { prepareTask } from './prepare.ts';
import { type OverReason, type TaskLifecycle, taskLifecycle } from './task-lifecycle.ts';
import { type TaskTrace, taskTrace } from './task-trace.ts';

const EXIT: Readonly<Record<OverReason, number>> = { ended: 0, 'shut down': 0, idle: 1 };
const CRASHED = 1;

/** What ends the executor from outside, and the exit code that tells of it. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof SIGNALS;

/** Time for the processes to end out of the time until the agent kills everything; the rest is for telling of it. */
const partForProcesses = (graceMs: number): number => graceMs - Math.min(1_500, graceMs * 0.3);

/** What comes from the agent, handed to the lifecycle; everything else is of no interest to a task. */
function dispatch(
  event: ExecutorEvent,
  lifecycle: TaskLifecycle,
  shutdownGraceMs: number,
  trace: TaskTrace | undefined,
): void {
  const { launch, launch_group: group, kill } = event;
  if (launch) {
    trace?.launched(launch.task);
    const { task_id: id, data, executor } = launch.task;
    const volumes = executor?.container?.volumes ?? [];
    lifecycle.launch(
      id.value,
      data,
      volumes.map(({ container_path: path }) => path),
    );
  }
  for (const task of group?.task_group.tasks ?? []) lifecycle.refuse(task.task_id.value);
  if (kill) {
    const grace = kill.kill_policy?.grace_period?.nanoseconds;
    lifecycle.kill(kill.task_id.value, grace === undefined ? undefined : Number(grace) / 1e6);
  }
  if (event.type === 'SHUTDOWN')
    lifecycle.shutdown(partForProcesses(shutdownGraceMs), 'shut down by the agent');
}

/** Calls back for the first signal and, separately, for any further one; returns how to stop listening. */
function onSignals(first: (signal: Signal) => void, further: () => void): () => void {
  let seen = false;
  const listeners = (Object.keys(SIGNALS) as Signal[]).map((signal) => {
    const listener = () => {
      if (seen) return further();
      seen = true;
      first(signal);
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return () => listeners.forEach((stop) => void stop());
}

/** What the agent says. */
interface Place {
  readonly environment: ExecutorEnvironment;
  readonly env: NodeJS.ProcessEnv;
  readonly runDirectory: string;
  readonly log: Logger;
}

/** What the operator says. */
interface Wishes {
  readonly flags: ExecutorFlags;
  readonly makeAnnouncer: MakeAnnouncer | undefined;
  readonly announcerAuth: AnnouncerAuth;
}

/** ZooKeeper's client is loaded only where something is announced: it takes memory and time. */
async function announcerOf(ensemble: string | undefined): Promise<MakeAnnouncer | undefined> {
  if (ensemble === undefined) return undefined;
  const { announcerAt } = await import('./announcer/companion.ts');
  return announcerAt(ensemble);
}

/** So is what reads the file: it takes Node's cryptography along. */
async function authOf(file: string | undefined): Promise<AnnouncerAuth> {
  if (file === undefined) return NO_AUTH;
  const { readAuthFile } = await import('./announcer/auth-file.ts');
  return readAuthFile(file);
}

async function readWishes(argv: readonly string[]): Promise<Wishes> {
  const flags = parseFlags(argv);
  const { ensemble, authFile } = flags.announcer;
  const makeAnnouncer = await announcerOf(ensemble);
  return { flags, makeAnnouncer, announcerAuth: await authOf(authFile) };
}

function readPlace(env: NodeJS.ProcessEnv, log: Logger): Place {
  const environment = takeExecutorEnvironment(env);
  const runDirectory = env.MESOS_DIRECTORY;
  if (runDirectory) return { environment, env, runDirectory, log };
  throw new AuroraError('EXECUTOR', 'MESOS_DIRECTORY is not set', {
    next: 'this program is started by a Mesos agent, not by hand',
  });
}

/** What the operator says, or why it cannot be kept to. */
const wishesOrFault = (argv: readonly string[]): Promise<Wishes | AuroraError> =>
  readWishes(argv).catch((error) => {
    if (error instanceof AuroraError) return error;
    throw error;
  });

/**
 * From the subscription to the last acknowledged report. An executor whose flags cannot be kept to takes its task all
 * the same, to say why it fails: of a program that only exits an agent tells no more than the code.
 */
function serve(
  { environment, ...place }: Place,
  wishes: Wishes | AuroraError,
  tracing: Tracing | undefined,
): Promise<number> {
  const { log } = place;
  const clock = systemClock;
  const fault = wishes instanceof AuroraError ? wishes : undefined;
  const reports = lastReports(clock);
  const trace = tracing && taskTrace(tracing);
  return new Promise((resolve) => {
    let code: number | undefined = fault?.exitCode;
    const leave = async (otherwise: number) => {
      await reports.settled();
      await driver.stop();
      await tracing?.flush();
      stopListening();
      process.off('uncaughtException', crash);
      log.info({ code: code ?? otherwise }, 'executor ends');
      resolve(code ?? otherwise);
    };
    const lifecycle = taskLifecycle({
      clock,
      log,
      stopTimeoutMs: wishes instanceof AuroraError ? 0 : wishes.flags.stopTimeoutMs,
      prepare(assignment, onEnd) {
        if (wishes instanceof AuroraError) throw wishes;
        return prepareTask(assignment, { ...place, ...wishes, clock, random: systemRandom }, onEnd);
      },
      report(taskId, state, message) {
        log.info({ taskId, state }, 'report');
        trace?.reported(taskId, state, message);
        const status = { task_id: { value: taskId }, state, ...(message ? { message } : {}) };
        reports.add(
          driver
            .update(status)
            .catch((error) => log.warn({ state, error: messageOf(error) }, 'a report was not taken')),
        );
      },
      done: (why) => void leave(EXIT[why]),
    });
    const driver: ExecutorDriver = executorDriver({
      environment,
      clock,
      random: systemRandom,
      log,
      on(event) {
        // A SHUTDOWN may be all that a subscription brings.
        if (event.type === 'SUBSCRIBED' || event.type === 'SHUTDOWN') reports.connected(true);
        dispatch(event, lifecycle, environment.shutdownGraceMs, trace);
      },
      onDisconnected(reason) {
        reports.connected(false);
        log.warn({ reason }, 'the agent is away');
      },
      onLost: reports.giveUp,
    });
    const destroy = (exitCode: number) => {
      lifecycle.destroy();
      resolve(exitCode);
    };
    const crash = (error: unknown) => {
      log.error({ error: error instanceof Error ? error.stack : String(error) }, 'executor fails');
      destroy(CRASHED);
    };
    const stopListening = onSignals(
      (signal) => {
        code = SIGNALS[signal];
        lifecycle.shutdown(partForProcesses(environment.shutdownGraceMs), `the executor got ${signal}`);
      },
      () => destroy(code ?? CRASHED),
    );
    process.on('uncaughtException', crash);
    driver.start();
    log.info({ executorId: environment.executorId, pid: process.pid }, 'executor starts');
  });
}

/**
 * Runs one task for a Mesos agent, from the subscription to its last acknowledged report. Exit codes: 0 the task has
 * ended, however, and that was reported, or the agent wanted no task; 1 no task came in 10 s, or nothing could be
 * started at all; 2 bad flags, which the task that came was told as its failure; 128 + n ended by signal n, after the task was.
 */
export async function runExecutor(options: {
  /** Flags, without the program's name. */
  readonly argv: readonly string[];
  /** Of the agent; its authentication token is removed. */
  readonly env: NodeJS.ProcessEnv;
}): Promise<number> {
  const log = lineLogger(systemClock);
  try {
    const place = readPlace(options.env, log);
    const wishes = await wishesOrFault(options.argv);
    if (wishes instanceof AuroraError) log.error({}, wishes.message);
    return await serve(place, wishes, await loadTracing());
  } catch (error) {
    log.error({}, messageOf(error));
    return error instanceof AuroraError ? error.exitCode : CRASHED;
  }
}
