import { systemClock } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { systemRandom } from '../base/random.ts';
import { loadTracing, type Tracing } from '../base/tracing.ts';
import { type ExecutorDriver, executorDriver } from '../mesos/executor-driver.ts';
import { type ExecutorEnvironment, takeExecutorEnvironment } from '../mesos/executor-environment.ts';
import type { ExecutorEvent } from '../mesos/messages/types.ts';
import type { ClientTls } from '../tls/client.ts';
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

/** Signals that end the executor, with the exit code for each. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof SIGNALS;

/** The part of the time before the agent kills everything that the processes get; the rest is for the last reports. */
const partForProcesses = (graceMs: number): number => graceMs - Math.min(1_500, graceMs * 0.3);

/** Hands the agent's events to the lifecycle; events that do not concern a task are ignored. */
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

/** Calls `first` for the first signal and `further` for each later one; returns a function that stops listening. */
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

/** Loads TLS only for an agent that speaks https. The agent is on this machine, so its certificate may have our name. */
async function tlsTo({ tls }: ExecutorEnvironment, log: Logger): Promise<ClientTls | undefined> {
  if (!tls) return undefined;
  const [{ openClientTls }, { hostname }] = await Promise.all([
    import('../tls/client.ts'),
    import('node:os'),
  ]);
  const opened = await openClientTls({ ...tls, name: undefined, clock: systemClock, log });
  return { ...opened, connect: (agent) => opened.connect({ ...agent, name: hostname() }) };
}

/** What the agent has determined. */
interface Place {
  readonly environment: ExecutorEnvironment;
  readonly env: NodeJS.ProcessEnv;
  readonly runDirectory: string;
  readonly log: Logger;
}

/** What the operator has set. */
interface Wishes {
  readonly flags: ExecutorFlags;
  readonly makeAnnouncer: MakeAnnouncer | undefined;
  readonly announcerAuth: AnnouncerAuth;
}

/** Loads the ZooKeeper client only where something is announced, because it takes memory and time. */
async function announcerOf(ensemble: string | undefined): Promise<MakeAnnouncer | undefined> {
  if (ensemble === undefined) return undefined;
  const { announcerAt } = await import('./announcer/companion.ts');
  return announcerAt(ensemble);
}

/** Loads the reader of the credentials file only where there is one, because it pulls in Node's cryptography. */
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

/** The operator's settings, or the error that makes them unusable. */
const wishesOrFault = (argv: readonly string[]): Promise<Wishes | AuroraError> =>
  readWishes(argv).catch((error) => {
    if (error instanceof AuroraError) return error;
    throw error;
  });

/**
 * Serves the agent from the subscription to the last acknowledged report. An executor with unusable flags takes its
 * task all the same, so that it can report why the task fails: if it only exited, the agent would tell no more than the
 * code.
 */
function serve(
  { environment, ...place }: Place,
  wishes: Wishes | AuroraError,
  tracing: Tracing | undefined,
  toAgent: ClientTls | undefined,
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
      toAgent?.close();
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
      connect: toAgent?.connect,
      clock,
      random: systemRandom,
      log,
      on(event) {
        // The agent may answer a subscription with nothing but a SHUTDOWN.
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
 * Runs one task for a Mesos agent, from the subscription to its last acknowledged report. Exit codes: 0 the task ended,
 * in whatever state, and that was reported, or the agent shut us down before a task came; 1 no task came within 10 s,
 * or the executor could not start or crashed; 2 bad flags, reported as the failure of the task; 128 + n signal n ended
 * the executor, after the task had ended.
 */
export async function runExecutor(options: {
  /** The flags, without the program's name. */
  readonly argv: readonly string[];
  /** Environment from the agent; its authentication token is removed. */
  readonly env: NodeJS.ProcessEnv;
}): Promise<number> {
  const log = lineLogger(systemClock);
  try {
    const place = readPlace(options.env, log);
    const wishes = await wishesOrFault(options.argv);
    if (wishes instanceof AuroraError) log.error({}, wishes.message);
    return await serve(place, wishes, await loadTracing(), await tlsTo(place.environment, log));
  } catch (error) {
    log.error({}, messageOf(error));
    return error instanceof AuroraError ? error.exitCode : CRASHED;
  }
}
