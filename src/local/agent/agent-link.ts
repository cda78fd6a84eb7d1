import type { AgentLink } from '../link.ts';
import { type AgentFramework, executorsOf } from './agent-model.ts';
import { acknowledge } from './agent-updates.ts';
import { type AgentCore, isCheckpointed, liveExecutor } from './core.ts';
import { killTask } from './kill-task.ts';
import { runTasks } from './launching.ts';
import type { Registration } from './registration.ts';
import { shutdownExecutor, shutdownFramework } from './termination.ts';

/** Drains the agent for an operator: kills every task, with at most the grace period that the operator allows. */
function killAll(core: AgentCore, framework: AgentFramework): void {
  const longest = core.draining?.maxGracePeriod;
  for (const executor of executorsOf(framework)) {
    const infos = [...executor.tasks.values()].map(({ info }) => info);
    for (const info of [...infos, ...executor.queue.flatMap(({ tasks }) => tasks)]) {
      killTask(core, {
        frameworkId: framework.id,
        taskId: info.task_id.value,
        ...(longest && { killPolicy: { grace_period: longest } }),
      });
    }
  }
}

/** The calls that the master may make. */
export function agentLink(core: AgentCore, register: () => Registration, stop: () => void): AgentLink {
  /** Ignores calls about work unless the agent is registered and not stopping. */
  const whenRunning =
    <T>(act: (message: T) => void) =>
    (message: T) => {
      if (core.phase === 'RUNNING') act(message);
    };
  const framework = (id: string) => core.frameworks.get(id);
  return {
    registered: ({ agentId }) => register().registered(agentId),
    reregistered: ({ agentId, reconcile }) => register().reregistered(agentId, reconcile),
    runTasks: whenRunning((message) => runTasks(core, message)),
    killTask: whenRunning((message) => killTask(core, message)),
    shutdownExecutor: whenRunning(({ frameworkId, executorId }) => {
      const executor = liveExecutor(core, frameworkId, executorId);
      if (executor) shutdownExecutor(core, executor);
    }),
    shutdownFramework: whenRunning(({ frameworkId }) => {
      const known = framework(frameworkId);
      if (known) shutdownFramework(core, known);
    }),
    frameworkUpdated: whenRunning(({ framework: info }) => {
      const known = framework(info.id?.value ?? '');
      if (!known) return;
      known.info = info;
      if (isCheckpointed(known)) core.checkpoints.framework(core.agentId, info);
      core.updates.resendAll(known.id);
    }),
    frameworkMessage: whenRunning(({ frameworkId, executorId, data }) => {
      const executor = liveExecutor(core, frameworkId, executorId);
      if (executor?.state === 'RUNNING') executor.stream?.send({ type: 'MESSAGE', message: { data } });
    }),
    acknowledgeUpdate: whenRunning(({ frameworkId, taskId, uuid }) =>
      acknowledge(core, { frameworkId, taskId }, uuid),
    ),
    drain: whenRunning((message) => {
      core.draining = message;
      for (const known of core.frameworks.values()) killAll(core, known);
    }),
    ping({ connected }) {
      core.master?.pong();
      if (!connected) register().lost();
    },
    shutdown({ text }) {
      core.log.warn({ text }, 'the master tells the agent to shut down');
      stop();
    },
    disconnected() {
      core.master = undefined;
      register().lost();
    },
  };
}
