/**
 * The executor of command tasks. Mesos starts a program of its own; here the agent acts as the executor, and the
 * command is the container's first process. A scheduler sees no difference (golden/mesos sched-29, sched-30).
 */
import type { Timer } from '../../base/clock.ts';
import type { ExecutorEvent, ExecutorInfo, TaskInfo, TaskStatus } from '../../mesos/index.ts';
import { type AgentExecutor, hasCapability, newTask } from './agent-model.ts';
import { takeExecutorStatus } from './agent-updates.ts';
import { type AgentCore, newUuid } from './core.ts';
import { commandEnding } from './signal-names.ts';
import type { TaskContainer } from './task-container.ts';
import { executorEnded } from './termination.ts';

/** Time from SIGTERM to SIGKILL if neither the task nor the KILL sets one. Source: Mesos' command executor. */
const KILL_GRACE_PERIOD_MS = 3_000;

/** The states that are reported when a command has started. */
const TOLD_AT_START = ['TASK_STARTING', 'TASK_RUNNING'] as const;

type KillPolicy = TaskInfo['kill_policy'];

/**
 * Resources that Mesos adds for its own executor; shown in the agent's figures but not in offers. Source: golden/mesos,
 * oper-01.
 */
const OVERHEAD = { cpus: 0.1, mem: 32 };

/** Makes the ExecutorInfo of a command task; the executor has the task's id. */
export function commandExecutorInfo(frameworkId: string, task: TaskInfo): ExecutorInfo {
  const { value: taskId } = task.task_id;
  const { shell, value = '', arguments: words = [] } = task.command ?? {};
  const line = shell === false ? `[${[value, ...words].join(', ')}]` : `sh -c '${value}'`;
  return {
    executor_id: { value: taskId },
    framework_id: { value: frameworkId },
    command: task.command ?? {},
    name: `Command Executor (Task: ${taskId}) (Command: ${line})`,
    source: taskId,
    resources: Object.entries(OVERHEAD).map(([name, value]) => ({
      name,
      type: 'SCALAR',
      scalar: { value },
      allocation_info: { role: task.resources?.[0]?.allocation_info?.role ?? '*' },
    })),
  };
}

/** Acts as the executor of a command that was just started, and follows the command to its end. */
export function playBuiltInExecutor(
  core: AgentCore,
  executor: AgentExecutor,
  container: TaskContainer,
): void {
  const [info] = executor.queue.flatMap(({ tasks }) => tasks);
  executor.timer?.cancel();
  executor.state = 'RUNNING';
  executor.queue = [];
  if (!info) return;
  executor.delivered = true;
  executor.tasks.set(info.task_id.value, newTask(info));
  const follow = followCommand(core, executor, container, info);
  for (const state of TOLD_AT_START) follow.report({ state });
}

/** Takes over a command that an earlier agent started. */
export function resumeBuiltInExecutor(
  core: AgentCore,
  executor: AgentExecutor,
  container: TaskContainer,
): void {
  const [task] = executor.tasks.values();
  executor.state = 'RUNNING';
  if (!task) return;
  const { report } = followCommand(core, executor, container, task.info);
  // The earlier agent may have ended after it started the command and before it reported that.
  const told = task.statuses.map(({ state }) => state);
  for (const state of TOLD_AT_START) if (!told.includes(state)) report({ state });
}

function followCommand(core: AgentCore, executor: AgentExecutor, container: TaskContainer, info: TaskInfo) {
  let killed = false;
  let late = false;
  let escalation: Timer | undefined;
  const report = (status: Pick<TaskStatus, 'state' | 'message' | 'reason'>) =>
    takeExecutorStatus(core, executor, {
      task_id: info.task_id,
      source: 'SOURCE_EXECUTOR',
      executor_id: { value: executor.id },
      timestamp: core.clock.nowMs() / 1000,
      uuid: newUuid(core),
      ...status,
    });

  const kill = (policy: KillPolicy) => {
    if (killed) return;
    killed = true;
    container.signal('SIGTERM');
    const graceNs = (policy ?? info.kill_policy)?.grace_period?.nanoseconds ?? KILL_GRACE_PERIOD_MS * 1e6;
    escalation = core.clock.after(graceNs / 1e6, () => void container.destroy());
  };

  executor.stream = {
    send(event: ExecutorEvent) {
      if (event.type !== 'KILL' && event.type !== 'SHUTDOWN') return;
      if (event.type === 'KILL' && !killed && hasCapability(executor.framework.info, 'TASK_KILLING_STATE'))
        report({ state: 'TASK_KILLING' });
      kill(event.kill?.kill_policy);
    },
    end() {},
  };

  const limitNs = info.max_completion_time?.nanoseconds;
  const limit =
    limitNs === undefined
      ? undefined
      : core.clock.after(limitNs / 1e6, () => {
          late = true;
          kill(undefined);
        });

  void container.ended.then((status) => {
    if (core.phase === 'STOPPED') return;
    limit?.cancel();
    escalation?.cancel();
    const message = commandEnding(status);
    if (late) report({ state: 'TASK_FAILED', message, reason: 'REASON_MAX_COMPLETION_TIME_REACHED' });
    else if (killed) report({ state: 'TASK_KILLED', message });
    else report({ state: status === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', message });
    void executorEnded(core, executor, status);
  });
  return { report };
}
