/** How executors end: asked to, killed, or by themselves; and what becomes of their tasks. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type AgentExecutor,
  type AgentFramework,
  type EndingCause,
  newTask,
  remember,
} from './agent-model.ts';
import { forgetFrameworkIfDone, forgetIfDone, reportTask } from './agent-updates.ts';
import { type AgentCore, isCheckpointed } from './core.ts';
import { durationText } from './executor-environment.ts';
import { isTerminal } from './task-states.ts';

const EXECUTOR_TERMINATED: EndingCause = {
  state: 'TASK_FAILED',
  reason: 'REASON_EXECUTOR_TERMINATED',
  message: 'Executor terminated',
};

/** Raw wait status of something that was killed. */
const KILLED_STATUS = 9;

/**
 * An executor's last words may still be on their way through the sockets when its end is reported: they count before
 * the end does. The wait is for the machine, not for anybody's clock. Mesos looks for ended processes every 100 ms.
 */
const LAST_WORDS_MS = 20;

/** How long it may take from SHUTDOWN to its end. */
export const gracePeriodMs = (core: AgentCore, executor: AgentExecutor): number => {
  const own = executor.info.shutdown_grace_period?.nanoseconds;
  return own === undefined ? core.settings.executorShutdownGracePeriodMs : own / 1e6;
};

/** Queued tasks become tasks of the executor that have never been delivered. */
function emptyQueue(executor: AgentExecutor): void {
  for (const { tasks } of executor.queue)
    for (const info of tasks) executor.tasks.set(info.task_id.value, newTask(info));
  executor.queue = [];
}

/**
 * The executor's first process has ended: what is left of its container is killed, then the master hears of the
 * executor and of each task that was still alive.
 * @param status raw wait status, -1 when unknown.
 */
export async function executorEnded(core: AgentCore, executor: AgentExecutor, status: number): Promise<void> {
  executor.timer?.cancel();
  if (executor.state !== 'TERMINATED') executor.state = 'TERMINATING';
  // What ended while no master was there is told by the tasks alone. Source: golden/mesos, sched-16c.
  const { master } = core;
  await Promise.all([executor.container?.destroy(), pause(LAST_WORDS_MS)]);
  if (core.phase === 'STOPPED' || executor.state === 'TERMINATED') return;
  const { framework } = executor;
  executor.state = 'TERMINATED';
  executor.gone.happened();
  executor.stream?.end();
  executor.stream = undefined;
  executor.container?.release();
  if (framework.executors.get(executor.id) === executor) framework.executors.delete(executor.id);
  if (core.phase === 'STOPPING') return;
  framework.ended.add(executor);
  core.log.info({ framework: framework.id, executor: executor.id, status }, 'executor ended');
  if (!executor.builtIn) {
    const { agentId } = core;
    const known = status < 0 && executor.destroyed ? KILLED_STATUS : status;
    const address = { agentId, frameworkId: framework.id, executorId: executor.id };
    master?.executorTerminated({ ...address, status: known });
  }
  emptyQueue(executor);
  if (framework.terminating) executor.tasks.clear();
  for (const [taskId, task] of executor.tasks) {
    if (!isTerminal(task.state))
      reportTask(core, framework.id, taskId, executor.cause ?? EXECUTOR_TERMINATED, executor);
  }
  forgetIfDone(core, executor);
}

/** Kills the executor with its whole process tree, now. */
export function destroyExecutor(core: AgentCore, executor: AgentExecutor, cause?: EndingCause): void {
  if (executor.state === 'TERMINATED') return;
  executor.timer?.cancel();
  executor.state = 'TERMINATING';
  executor.cause ??= cause;
  executor.destroyed = true;
  executor.fetching.abort();
  if (executor.container) void executor.container.destroy();
  else void executorEnded(core, executor, KILLED_STATUS);
}

/** Asks the executor to end, and kills it when it has not after the grace period. */
export function shutdownExecutor(core: AgentCore, executor: AgentExecutor): void {
  if (executor.state === 'TERMINATING' || executor.state === 'TERMINATED') return;
  if (!executor.container) {
    destroyExecutor(core, executor);
    return;
  }
  executor.timer?.cancel();
  executor.state = 'TERMINATING';
  executor.stream?.send({ type: 'SHUTDOWN' });
  executor.timer = core.clock.after(gracePeriodMs(core, executor), () => destroyExecutor(core, executor));
}

/** Kills an executor that has not subscribed in time. */
export function armRegistrationTimeout(core: AgentCore, executor: AgentExecutor): void {
  const timeoutMs = core.settings.executorRegistrationTimeoutMs;
  executor.timer = core.clock.after(timeoutMs, () =>
    destroyExecutor(core, executor, {
      state: 'TASK_FAILED',
      reason: 'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
      message: `Executor did not register within ${durationText(timeoutMs)}`,
    }),
  );
}

/** The framework is gone: its executors are shut down and nothing of it is reported any more. */
export function shutdownFramework(core: AgentCore, framework: AgentFramework): void {
  framework.terminating = true;
  core.updates.dropFramework(framework.id);
  for (const executor of framework.ended) {
    executor.tasks.clear();
    if (isCheckpointed(framework)) core.checkpoints.executorDone(executor.run);
    remember(framework.completed, executor);
  }
  framework.ended.clear();
  for (const executor of [...framework.executors.values()]) shutdownExecutor(core, executor);
  forgetFrameworkIfDone(core, framework);
}
