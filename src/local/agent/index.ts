/** The agent half of the embedded cluster: all wiring in one place. */
import { realpathSync } from 'node:fs';
import { AuroraError } from '../../base/errors.ts';
import { makeFolder } from '../../proc/make-folder.ts';
import type { AgentOptions, MasterLink, RunningAgent, StartAgent } from '../link.ts';
import { agentLink } from './agent-link.ts';
import { type AgentExecutor, findTask } from './agent-model.ts';
import { endRecovery, killOrphans, recover } from './agent-recovery.ts';
import { type Checkpoints, checkpoints } from './checkpoints.ts';
import { type AgentCore, isCheckpointed } from './core.ts';
import { type AgentServer, type HttpHandler, httpServer } from './http-server.ts';
import { registration } from './registration.ts';
import { agentRoutes } from './routes.ts';
import { collectSandboxes, usedPartOfDisk } from './sandbox-collector.ts';
import { type ScopedClock, scopedClock } from './scoped-clock.ts';
import { shutdownExecutor } from './termination.ts';
import { updateStreams } from './update-streams.ts';

/** Mesos' defaults. */
const DEFAULTS = {
  executorRegistrationTimeoutMs: 60_000,
  executorReregistrationTimeoutMs: 2_000,
  executorShutdownGracePeriodMs: 5_000,
  recoveryTimeoutMs: 15 * 60_000,
  recover: 'reconnect' as const,
  usedPart: usedPartOfDisk,
};

function newCore(options: AgentOptions, workDir: string, store: Checkpoints, clock: ScopedClock): AgentCore {
  const { ip, hostname, port, resources, attributes } = options;
  /** The executor under which a task's updates are checkpointed; undefined when its framework does not checkpoint. */
  const keeper = (frameworkId: string, taskId: string): AgentExecutor | undefined => {
    const framework = core.frameworks.get(frameworkId);
    const executor = findTask(framework, taskId)?.executor;
    return framework && isCheckpointed(framework) ? executor : undefined;
  };
  const core: AgentCore = {
    settings: { ...DEFAULTS, ...options, workDir, ip },
    clock,
    random: options.random,
    log: options.log,
    frameworks: new Map(),
    completedFrameworks: [],
    checkpoints: store,
    updates: updateStreams(
      clock,
      {
        received({ frameworkId, taskId }, status) {
          const executor = keeper(frameworkId, taskId);
          if (executor) store.update(executor.run, taskId, { received: status });
        },
        acknowledged({ frameworkId, taskId }, uuid) {
          const executor = keeper(frameworkId, taskId);
          if (executor) store.update(executor.run, taskId, { acknowledged: uuid });
        },
      },
      ({ frameworkId, taskId }, status) => {
        const found = findTask(core.frameworks.get(frameworkId), taskId);
        core.master?.forwardUpdate({
          agentId: core.agentId,
          frameworkId,
          ...(found && { executorId: found.executor.id }),
          status,
          latestState: found?.task?.state ?? status.state,
        });
      },
    ),
    startMs: clock.nowMs(),
    phase: 'STARTING',
    agentId: '',
    draining: undefined,
    info: { hostname, port, resources, attributes },
    master: undefined,
  };
  return core;
}

/**
 * Tries the earlier agent's port first, since its executors know only that one. If it is taken, any port will do,
 * unless a port was asked for.
 */
async function listen(options: AgentOptions, wanted: number, handler: HttpHandler): Promise<AgentServer> {
  const { ip, port } = options;
  try {
    return await httpServer(ip, wanted, handler, options);
  } catch (error) {
    if (port !== 0 || wanted === 0 || !(error instanceof AuroraError)) throw error;
    return httpServer(ip, 0, handler, options);
  }
}

const liveExecutors = (core: AgentCore): AgentExecutor[] =>
  [...core.frameworks.values()].flatMap(({ executors }) => [...executors.values()]);

/**
 * Starts an agent. It serves executors at once, takes over those of an earlier agent on the same work directory, and
 * then registers with the master.
 * @throws AuroraError PORT_IN_USE
 */
export const startAgent: StartAgent = async (options: AgentOptions): Promise<RunningAgent> => {
  makeFolder(options.workDir);
  const workDir = realpathSync(options.workDir);
  const store = checkpoints(workDir);
  const recovered = store.recover();
  const clock = scopedClock(options.clock);
  const core = newCore(options, workDir, store, clock);
  const server = await listen(options, options.port || (recovered?.port ?? 0), agentRoutes(core));
  core.info = { ...core.info, port: server.port };

  const closeLink = () => {
    const link: MasterLink | undefined = core.master;
    core.master = undefined;
    link?.close();
  };
  const closeAll = async () => {
    core.phase = 'STOPPED';
    core.updates.stop();
    clock.close();
    closeLink();
    await server.close();
  };
  const endExecutors = async () => {
    core.phase = 'STOPPING';
    const executors = liveExecutors(core);
    for (const executor of executors) shutdownExecutor(core, executor);
    await Promise.all(executors.map(({ gone }) => gone.promise));
  };
  let ending: Promise<void> | undefined;
  const once = (work: () => Promise<void>) => {
    ending ??= work();
    return ending;
  };
  const stop = () =>
    once(async () => {
      closeLink();
      await endExecutors();
      if (core.agentId !== '') store.forget(core.agentId);
      await closeAll();
    });

  const register = registration(
    core,
    options.connect,
    agentLink(
      core,
      () => register,
      () => void stop(),
    ),
  );
  const beginRegistration = () => {
    core.phase = 'DISCONNECTED';
    register.begin();
  };
  core.phase = 'RECOVERING';
  const isAwaiting = recovered !== undefined && recover(core, recovered);
  if (recovered) await killOrphans(core);
  collectSandboxes(core);
  const afterRecovery = () => {
    endRecovery(core);
    if (core.settings.recover === 'cleanup') void stop();
    else beginRegistration();
  };
  if (isAwaiting) core.clock.after(core.settings.executorReregistrationTimeoutMs, afterRecovery);
  else afterRecovery();

  return {
    port: server.port,
    agentId: () => core.agentId || undefined,
    stop,
    crash: () =>
      once(async () => {
        for (const executor of liveExecutors(core)) {
          executor.container?.release();
          executor.fetching.abort();
        }
        await closeAll();
      }),
    leave: () =>
      once(async () => {
        const { agentId } = core;
        core.master?.unregister({ agentId });
        await endExecutors();
        store.retire(agentId);
        await closeAll();
      }),
  };
};
