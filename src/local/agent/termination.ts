/** How executors end (on request, killed, or by themselves) and what happens to their tasks. */
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

/** Raw wait status of a killed process. */
const KILLED_STATUS = 9;

/**
 * How long to wait for an executor's last updates, which may still be in the sockets when its end is reported and must
 * be handled before the end. Real time, not the agent's clock. Mesos polls for ended processes every 100 ms.
 */
const LAST_WORDS_MS = 20;

/** The time from SHUTDOWN to the kill. */
export const gracePeriodMs = (core: AgentCore, executor: AgentExecutor): number => {
  const own = executor.info.shutdown_grace_period?.nanoseconds;
  return own === undefined ? core.settings.executorShutdownGracePeriodMs : own / 1e6;
};

/** Turns queued tasks into undelivered tasks of the executor. */
function emptyQueue(executor: AgentExecutor): void {
  for (const { tasks } of executor.queue)
    for (const info of tasks) executor.tasks.set(info.task_id.value, newTask(info));
  executor.queue = [];
}

/**
 * Handles the end of an executor's first process: kills what is left of the container, then reports the executor and
 * each of its living tasks to the master.
 * @param status raw wait status, -1 when unknown
 */
export async function executorEnded(core: AgentCore, executor: AgentExecutor, status: number): Promise<void> {
  executor.timer?.cancel();
  if (executor.state !== 'TERMINATED') executor.state = 'TERMINATING';
  // If no master is connected now, the executor's end is not reported; its tasks report theirs. Source: golden/mesos,
  // sched-16c.
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

/** Kills the executor with its whole process tree at once. */
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

/** Asks the executor to end, and kills it after the grace period. */
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

/** Kills the executor if it does not subscribe in time. */
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

/** Handles the end of a framework: shuts its executors down and reports nothing of it any more. */
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
