/** Takes over the executors of an earlier agent on the same work directory. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning, signalProcess } from '../../proc/process-id.ts';
import {
  type AgentExecutor,
  type AgentFramework,
  type EndingCause,
  hasCapability,
  newExecutor,
  newFramework,
  newTask,
} from './agent-model.ts';
import { forgetFrameworkIfDone } from './agent-updates.ts';
import type { RecoveredAgent, RecoveredExecutor } from './checkpoints.ts';
import { resumeBuiltInExecutor } from './command-executor.ts';
import type { AgentCore } from './core.ts';
import { durationText } from './executor-environment.ts';
import { processesBelow } from './process-tree.ts';
import { runDirectory } from './sandbox.ts';
import { adoptContainer } from './task-container.ts';
import { isTerminal } from './task-states.ts';
import { destroyExecutor, executorEnded } from './termination.ts';

function recoverTasks(core: AgentCore, executor: AgentExecutor, recovered: RecoveredExecutor): void {
  for (const { info, received, acknowledged } of recovered.tasks) {
    const taskId = info.task_id.value;
    const done = received.find(({ state, uuid }) => isTerminal(state) && acknowledged.includes(uuid));
    if (done) {
      core.checkpoints.taskDone(executor.run, taskId);
      continue;
    }
    const task = newTask(info);
    task.statuses.push(...received);
    task.state = received.at(-1)?.state ?? 'TASK_STAGING';
    task.acknowledged = received.findLast(({ uuid }) => acknowledged.includes(uuid));
    executor.tasks.set(taskId, task);
    executor.delivered ||=
      !isTerminal(task.state) || received.some(({ source }) => source === 'SOURCE_EXECUTOR');
    core.updates.restore({ frameworkId: executor.framework.id, taskId }, received, acknowledged);
  }
}

function recoverExecutor(core: AgentCore, framework: AgentFramework, recovered: RecoveredExecutor): void {
  const { run, info, builtIn, leader } = recovered;
  const sandbox = runDirectory(core.settings.workDir, run);
  const executor = newExecutor(framework, run, { info, builtIn, sandbox });
  recoverTasks(core, executor, recovered);
  if (leader) executor.container = adoptContainer(leader, sandbox);
  const { container } = executor;
  if (!leader || !container || !isRunning(leader)) {
    if (executor.tasks.size === 0) {
      container?.release();
      core.checkpoints.executorDone(run);
      return; // Nothing to report. Processes that it left behind are killed as orphans.
    }
    framework.ended.add(executor);
    return void executorEnded(core, executor, -1);
  }
  framework.executors.set(executor.id, executor);
  if (builtIn) resumeBuiltInExecutor(core, executor, container);
  else void container.ended.then((status) => executorEnded(core, executor, status));
}

/** Whether the agent waits for this executor to subscribe again. */
const isAwaited = (executor: AgentExecutor): boolean => !executor.builtIn && executor.state === 'REGISTERING';

const liveExecutors = (core: AgentCore): AgentExecutor[] =>
  [...core.frameworks.values()].flatMap(({ executors }) => [...executors.values()]);

/**
 * Restores frameworks, executors, tasks and updates. Executors whose process is gone end here and their tasks fail.
 * @returns whether any executor is expected to subscribe again
 */
export function recover(core: AgentCore, recovered: RecoveredAgent): boolean {
  core.agentId = recovered.agentId;
  for (const { info, executors } of recovered.frameworks) {
    const framework = newFramework(info);
    core.frameworks.set(framework.id, framework);
    for (const executor of executors) recoverExecutor(core, framework, executor);
    forgetFrameworkIfDone(core, framework);
  }
  return liveExecutors(core).some(isAwaited);
}

/** How often orphans are looked for while a process shows nothing of where it was started, and the pause between looks. */
const ORPHAN_LOOKS = 20;
const LOOK_PAUSE_MS = 5;

/**
 * Kills containers that no framework knows any more, which were started without checkpoints. Mesos leaves that to the
 * executors, which end when their stream ends; a command without an executor would run for ever. It pauses in real time,
 * since it waits for the kernel.
 */
export async function killOrphans(core: AgentCore): Promise<void> {
  const known = new Set(liveExecutors(core).map(({ sandbox }) => sandbox));
  for (let look = 0; look < ORPHAN_LOOKS; look++) {
    const { found, isSure } = processesBelow(join(core.settings.workDir, 'slaves'));
    for (const [folder, processes] of found) {
      if (known.has(folder)) continue;
      core.log.warn({ folder, processes: processes.length }, 'orphaned container killed');
      for (const orphan of processes) signalProcess(orphan, 'SIGKILL');
    }
    if (isSure) return;
    await pause(LOOK_PAUSE_MS);
  }
}

/** Kills executors that have not subscribed again in time; those whose process died meanwhile end normally. */
export function endRecovery(core: AgentCore): void {
  const within = durationText(core.settings.executorReregistrationTimeoutMs);
  for (const executor of liveExecutors(core).filter(isAwaited)) {
    const leader = executor.container?.leader;
    if (leader && !isRunning(leader)) {
      void executorEnded(core, executor, -1);
      continue;
    }
    const cause: EndingCause = {
      state: hasCapability(executor.framework.info, 'PARTITION_AWARE') ? 'TASK_GONE' : 'TASK_LOST',
      reason: 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT',
      message: `Executor did not reregister within ${within}`,
    };
    destroyExecutor(core, executor, cause);
  }
}
