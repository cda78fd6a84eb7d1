/** How an agent registers with the master, and registers again. */
import { nextBackoff } from '../../base/backoff.ts';
import type { Timer } from '../../base/clock.ts';
import type { TaskStatus } from '../../mesos/index.ts';
import type { AgentLink, ConnectAgent, RegisterAgent, ReportedTask } from '../link.ts';
import {
  type AgentExecutor,
  type AgentTask,
  type EndingCause,
  executorsOf,
  findTask,
  hasCapability,
} from './agent-model.ts';
import { reportTask } from './agent-updates.ts';
import type { AgentCore } from './core.ts';

/** The Mesos version that our masters and agents emulate. */
const MESOS_VERSION = '1.11.0';

/** Pauses between attempts. Source: Mesos' --registration_backoff_factor and its upper bound. */
const ATTEMPTS = { initialMs: 1_000, maxMs: 60_000 };

type Reconcile = Parameters<AgentLink['reregistered']>[0]['reconcile'];

function reportedTask(core: AgentCore, executor: AgentExecutor, task: AgentTask): ReportedTask {
  const frameworkId = executor.framework.id;
  const statuses = core.updates.pending({ frameworkId, taskId: task.info.task_id.value });
  const staging: TaskStatus = {
    task_id: task.info.task_id,
    state: 'TASK_STAGING',
    agent_id: { value: core.agentId },
  };
  return {
    info: task.info,
    frameworkId,
    ...(!executor.builtIn && { executorId: executor.id }),
    status: statuses[0] ?? task.acknowledged ?? staging,
    statuses,
    latestState: task.state,
  };
}

function whatRuns(core: AgentCore) {
  const frameworks = [...core.frameworks.values()].filter(({ terminating }) => !terminating);
  const executors = frameworks.flatMap(executorsOf);
  return {
    frameworks: frameworks.map(({ info }) => info),
    executors: executors
      .filter(({ builtIn, state }) => !builtIn && state !== 'TERMINATED')
      .map(({ info, framework }) => ({ ...info, framework_id: { value: framework.id } })),
    tasks: executors.flatMap((executor) => [
      ...[...executor.tasks.values()].map((task) => reportedTask(core, executor, task)),
      ...executor.queue
        .flatMap(({ tasks }) => tasks)
        .map((info) =>
          reportedTask(core, executor, {
            info,
            state: 'TASK_STAGING',
            statuses: [],
            acknowledged: undefined,
          }),
        ),
    ]),
  };
}

/** Reports as dropped the tasks that the master sent but that never arrived here. */
function dropUnknownTasks(core: AgentCore, reconcile: Reconcile): void {
  for (const { frameworkId, taskIds } of reconcile) {
    const framework = core.frameworks.get(frameworkId);
    const isOld = framework !== undefined && !hasCapability(framework.info, 'PARTITION_AWARE');
    const cause: EndingCause = {
      state: isOld ? 'TASK_LOST' : 'TASK_DROPPED',
      reason: 'REASON_RECONCILIATION',
      message: 'Reconciliation: task unknown to the agent',
    };
    for (const taskId of taskIds) {
      const isKnown =
        findTask(framework, taskId) !== undefined || core.updates.pending({ frameworkId, taskId }).length > 0;
      if (!isKnown) reportTask(core, frameworkId, taskId, cause);
    }
  }
}

export interface Registration {
  /** Connects and registers; repeats that until it is answered. */
  begin(): void;
  registered(agentId: string): void;
  reregistered(agentId: string, reconcile: Reconcile): void;
  /** To be called when the master has forgotten us or is gone. */
  lost(): void;
}

/** @param link the calls that the master may make */
export function registration(core: AgentCore, connect: ConnectAgent, link: AgentLink): Registration {
  let timer: Timer | undefined;
  let waitMs = 0;

  const attempt = () => {
    timer?.cancel();
    core.master ??= connect(link);
    const who: RegisterAgent = { info: core.info, ip: core.settings.ip, version: MESOS_VERSION };
    if (core.agentId === '') core.master.register(who);
    else core.master.reregister({ ...who, agentId: core.agentId, ...whatRuns(core) });
    waitMs = nextBackoff(ATTEMPTS, waitMs, core.random);
    timer = core.clock.after(waitMs, attempt);
  };
  const succeeded = (agentId: string) => {
    timer?.cancel();
    waitMs = 0;
    core.agentId = agentId;
    core.checkpoints.agent({ agentId, port: core.info.port ?? 0 });
    core.phase = 'RUNNING';
    core.log.info({ agent: agentId }, 'registered');
  };

  return {
    begin: attempt,
    registered(agentId) {
      if (core.phase !== 'DISCONNECTED') return;
      succeeded(agentId);
      core.updates.resendAll();
    },
    reregistered(agentId, reconcile) {
      if (core.phase !== 'DISCONNECTED') return;
      succeeded(agentId);
      core.updates.resendAll();
      dropUnknownTasks(core, reconcile);
    },
    lost() {
      if (core.phase !== 'RUNNING' && core.phase !== 'DISCONNECTED') return;
      core.phase = 'DISCONNECTED';
      core.updates.pause();
      timer?.cancel();
      waitMs = nextBackoff(ATTEMPTS, waitMs, core.random);
      timer = core.clock.after(Math.floor(core.random.next() * waitMs), attempt);
    },
  };
}
