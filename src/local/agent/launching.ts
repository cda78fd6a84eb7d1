/** From a launch order to the delivery of the task to its executor. */
import { chownSync } from 'node:fs';
import { AuroraError, messageOf } from '../../base/errors.ts';
import { shellQuoted } from '../../base/shell.ts';
import type { CommandInfo, ExecutorInfo, TaskInfo } from '../../mesos/index.ts';
import type { RunTasks } from '../link.ts';
import {
  type AgentExecutor,
  type AgentFramework,
  type EndingCause,
  hasCapability,
  newExecutor,
  newFramework,
  newTask,
  type QueuedLaunch,
} from './agent-model.ts';
import { forgetFrameworkIfDone, reportTask } from './agent-updates.ts';
import { commandExecutorInfo, playBuiltInExecutor } from './command-executor.ts';
import { type AgentCore, isCheckpointed, newId } from './core.ts';
import { executorEnvironment } from './executor-environment.ts';
import { fetchUris } from './fetcher.ts';
import { createSandbox } from './sandbox.ts';
import { type ContainerSpec, startContainer } from './task-container.ts';
import { armRegistrationTimeout, executorEnded, gracePeriodMs } from './termination.ts';
import { userToSwitchTo } from './unix-user.ts';

/** Raw wait status that is reported for an executor that could not be started. Source: golden/mesos, sched-31. */
const LAUNCH_FAILED_STATUS = 256;

interface ExecutorChoice {
  readonly info: ExecutorInfo;
  /** Created for a command task. */
  readonly builtIn: boolean;
}

/** Delivers tasks to a subscribed executor; a group is sent as one event. */
export function deliver(executor: AgentExecutor, { tasks, group }: QueuedLaunch): void {
  executor.delivered = true;
  for (const info of tasks) executor.tasks.set(info.task_id.value, newTask(info));
  if (group) {
    executor.stream?.send({ type: 'LAUNCH_GROUP', launch_group: { task_group: { tasks } } });
    return;
  }
  for (const task of tasks) executor.stream?.send({ type: 'LAUNCH', launch: { task } });
}

function frameworkOf(core: AgentCore, info: RunTasks['framework']): AgentFramework {
  const id = info.id?.value ?? '';
  const known = core.frameworks.get(id);
  if (known) return known;
  const framework = newFramework(info);
  core.frameworks.set(id, framework);
  if (isCheckpointed(framework)) core.checkpoints.framework(core.agentId, info);
  return framework;
}

/** The command that starts the executor; for a built-in executor it is the command of the task. */
const commandOf = (executor: AgentExecutor): CommandInfo =>
  (executor.builtIn ? executor.queue[0]?.tasks[0]?.command : executor.info.command) ?? {};

const roleOf = (task: TaskInfo | undefined): string | undefined =>
  task?.resources?.[0]?.allocation_info?.role;

/** Replaces a command that cannot be run: like Mesos' own executor it says so on stderr and exits with 1. */
const standIn = (program: string): ContainerSpec['command'] => ({
  shell: true,
  value: `printf '%s\\n' ${shellQuoted(`cannot run ${program}`)} >&2; exit 1`,
  arguments: [],
});

async function prepareAndStart(core: AgentCore, executor: AgentExecutor): Promise<void> {
  const { sandbox } = executor;
  const command = commandOf(executor);
  if (!command.value && !command.arguments?.length)
    throw new AuroraError(
      'MESOS',
      `executor '${executor.id}' has no command, and there is no default executor`,
    );
  const user = await userToSwitchTo(command.user ?? executor.framework.info.user);
  if (user) chownSync(sandbox, user.uid, user.gid);
  await fetchUris(command.uris ?? [], { sandbox, user, signal: executor.fetching.signal }).catch((error) => {
    const where = `for container '${executor.run.containerId}'`;
    throw new AuroraError('MESOS', `Failed to fetch all URIs ${where}: exited with status 1`, {
      cause: error,
    });
  });
  const isOver = () => executor.state !== 'REGISTERING' || core.phase === 'STOPPED';
  if (isOver()) return;
  const environment = executorEnvironment({
    ...core.settings,
    frameworkId: executor.framework.id,
    executorId: executor.id,
    agentId: core.agentId,
    port: core.info.port ?? 0,
    sandbox,
    checkpoint: isCheckpointed(executor.framework),
    shutdownGracePeriodMs: gracePeriodMs(core, executor),
    subscriptionBackoffMaxMs: core.settings.executorReregistrationTimeoutMs,
    command,
    allocationRole: executor.builtIn ? roleOf(executor.queue[0]?.tasks[0]) : undefined,
  });
  const start = (what: ContainerSpec['command']) =>
    startContainer({ sandbox, user, environment, command: what });
  const begin = (what: ContainerSpec['command']) => {
    const container = start(what);
    executor.container = container;
    if (container.leader && isCheckpointed(executor.framework))
      core.checkpoints.process(executor.run, container.leader);
    return container;
  };
  const wanted = begin({
    shell: command.shell !== false,
    value: command.value ?? '',
    arguments: command.arguments ?? [],
  });
  if (!executor.builtIn) return void wanted.ended.then((status) => executorEnded(core, executor, status));
  const couldStart = await wanted.started;
  if (isOver()) return;
  playBuiltInExecutor(core, executor, couldStart ? wanted : begin(standIn(command.value ?? '')));
}

function startExecutor(core: AgentCore, executor: AgentExecutor): void {
  armRegistrationTimeout(core, executor);
  prepareAndStart(core, executor).catch((error) => {
    if (executor.state !== 'REGISTERING') return;
    core.log.warn({ executor: executor.id, error: messageOf(error) }, 'container not launched');
    executor.cause = launchFailed(error);
    void executorEnded(core, executor, LAUNCH_FAILED_STATUS);
  });
}

/** Checkpoints the tasks that an executor will get, for an agent that restarts. */
function checkpointTasks(core: AgentCore, executor: AgentExecutor, tasks: readonly TaskInfo[]): void {
  if (!isCheckpointed(executor.framework)) return;
  for (const task of tasks) core.checkpoints.task(executor.run, task);
}

const executorIsEnding = (framework: AgentFramework): EndingCause => ({
  state: hasCapability(framework.info, 'PARTITION_AWARE') ? 'TASK_DROPPED' : 'TASK_LOST',
  reason: 'REASON_EXECUTOR_TERMINATED',
  message: 'Executor is terminating',
});

/** The launch failed before a process was started, e.g. because an id is no valid file name or the disk is full. */
const launchFailed = (error: unknown): EndingCause => ({
  state: 'TASK_FAILED',
  reason: 'REASON_CONTAINER_LAUNCH_FAILED',
  message: `Failed to launch container: ${messageOf(error)}`,
});

function refuse(
  core: AgentCore,
  framework: AgentFramework,
  executorId: string,
  tasks: readonly TaskInfo[],
  cause: EndingCause,
) {
  for (const task of tasks) reportTask(core, framework.id, task.task_id.value, cause, undefined, executorId);
}

function launchWithNewExecutor(
  core: AgentCore,
  framework: AgentFramework,
  order: QueuedLaunch,
  how: ExecutorChoice,
) {
  const executorId = how.info.executor_id.value;
  const run = { agentId: core.agentId, frameworkId: framework.id, executorId, containerId: newId(core) };
  const sandbox = createSandbox(core.settings.workDir, run);
  const executor = newExecutor(framework, run, { ...how, sandbox });
  executor.queue.push(order);
  if (isCheckpointed(framework)) core.checkpoints.executor(executor.run, how);
  checkpointTasks(core, executor, order.tasks);
  framework.executors.set(executor.id, executor);
  startExecutor(core, executor);
}

function launch(core: AgentCore, framework: AgentFramework, order: QueuedLaunch, how: ExecutorChoice) {
  const executor = framework.executors.get(how.info.executor_id.value);
  if (!executor) return launchWithNewExecutor(core, framework, order, how);
  if (executor.state === 'TERMINATING' || executor.state === 'TERMINATED')
    return refuse(core, framework, executor.id, order.tasks, executorIsEnding(framework));
  checkpointTasks(core, executor, order.tasks);
  if (executor.state === 'RUNNING') deliver(executor, order);
  else executor.queue.push(order);
}

/** Launches tasks in order: each with its own executor, or, as a group, all with one. */
export function runTasks(core: AgentCore, { framework: info, tasks, groupExecutor }: RunTasks): void {
  const framework = frameworkOf(core, info);
  if (framework.terminating) return;
  const start = (order: QueuedLaunch, how: ExecutorChoice) => {
    try {
      launch(core, framework, order, how);
    } catch (error) {
      refuse(core, framework, how.info.executor_id.value, order.tasks, launchFailed(error));
    }
  };
  if (groupExecutor) start({ tasks, group: true }, { info: groupExecutor, builtIn: false });
  for (const task of groupExecutor ? [] : tasks) {
    const executor = task.executor ?? commandExecutorInfo(framework.id, task);
    start({ tasks: [task], group: false }, { info: executor, builtIn: !task.executor });
  }
  forgetFrameworkIfDone(core, framework);
}
