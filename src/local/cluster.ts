import { rmSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import { type Logger, silentLogger } from '../base/log.ts';
import { type Random, systemRandom } from '../base/random.ts';
import { makeFolder } from '../proc/make-folder.ts';
import { startAgent } from './agent/index.ts';
import { parseAttributes, parseResources } from './agent-text.ts';
import { type Channel, channel, courier } from './channel.ts';
import type { AgentOptions, RunningAgent } from './link.ts';
import type { MasterFlags } from './master/flags.ts';
import { type RunningMaster, startMaster } from './master/index.ts';

/** One agent of a cluster. */
export interface AgentSpec {
  /** Mesos' --resources; default: those of a developer's machine (`machineResources`). */
  readonly resources?: string;
  /** Mesos' --attributes; default none. */
  readonly attributes?: string;
  /** Default 0, any free port. */
  readonly port?: number;
}

/** Mesos' agent flags, durations in milliseconds; the defaults are those of Mesos. */
export type AgentFlags = Pick<
  AgentOptions,
  | 'executorRegistrationTimeoutMs'
  | 'executorReregistrationTimeoutMs'
  | 'executorShutdownGracePeriodMs'
  | 'recoveryTimeoutMs'
>;

export interface ClusterOptions {
  /** Holds everything that the cluster stores: sandboxes and checkpoints of the agents, the master's registry. */
  readonly workDir: string;
  /** Default 127.0.0.1. */
  readonly ip?: string;
  /** The master's port; default 0, any free port. */
  readonly port?: number;
  /** Host name of the master and the agents; default the ip. */
  readonly hostname?: string;
  /** Default: one agent with the machine's resources. */
  readonly agents?: readonly AgentSpec[];
  readonly masterFlags?: Partial<MasterFlags>;
  readonly agentFlags?: AgentFlags;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Logger;
}

/** One agent, and what a test may do to it. */
export interface ClusterAgent {
  /** The running agent. */
  current(): RunningAgent;
  /** Like SIGSTOP and SIGCONT to its process. */
  freeze(): void;
  thaw(): void;
  /** Like SIGKILL to its process; executors live on. */
  crash(): Promise<void>;
  /** Starts it again on the same work directory and port. */
  restart(how?: Pick<AgentOptions, 'recover'>): Promise<void>;
  /** Like SIGUSR1: ends its executors and leaves for good. */
  leave(): Promise<void>;
  /** Ends its executors, including those of a crashed agent, and stops. */
  stop(): Promise<void>;
}

export interface RunningCluster {
  /** `host:port` of the master. */
  readonly master: string;
  readonly masterPort: number;
  readonly agents: readonly ClusterAgent[];
  /** Adds an agent. `workDir` is its own; by default it is below the cluster's. */
  addAgent(spec: AgentSpec & { readonly workDir?: string }): Promise<ClusterAgent>;
  /** The number of schedulers that are subscribed now. */
  connectedFrameworks(): number;
  /** The number of HTTP requests that the master has got. */
  requests(): number;
  /** Like SIGKILL to the master's process; agents and executors live on. */
  crashMaster(): Promise<void>;
  /** Starts the master again on the same port, with its registry. */
  restartMaster(): Promise<void>;
  /** Ends every executor with its process tree, then the agents and the master; leaves no handle open. */
  stop(): Promise<void>;
}

const LEAST_CPUS = 4;
const DISK_MB = 50_000;

/**
 * The resources that an agent on a developer's machine offers: its cores (at least 4, so small machines are
 * oversubscribed), three quarters of its memory, some disk, ports 31000 to 32000.
 */
function machineResources(): string {
  const cpus = Math.max(LEAST_CPUS, availableParallelism());
  const memMb = Math.floor((totalmem() / 2 ** 20) * 0.75);
  return `cpus:${cpus};mem:${memMb};disk:${DISK_MB};ports:[31000-32000]`;
}

/** The master that agents' links lead to; undefined while it is down. */
interface MasterSlot {
  running: RunningMaster | undefined;
}

function clusterAgent(
  options: ClusterOptions,
  slot: MasterSlot,
  through: ReturnType<typeof courier>,
  spec: AgentSpec,
  workDir: string,
): { readonly agent: ClusterAgent; start(): Promise<void> } {
  const { ip = '127.0.0.1', clock = systemClock, random = systemRandom, log = silentLogger } = options;
  const link: Channel = channel(through, (agent) => {
    if (slot.running) return slot.running.acceptAgent(agent);
    agent.disconnected();
    return nobody;
  });
  let current: RunningAgent | undefined;
  let port = spec.port ?? 0;
  let crashed = false;

  const start = async (how: Pick<AgentOptions, 'recover'> = {}) => {
    current = await startAgent({
      ...options.agentFlags,
      ...how,
      connect: link.connect,
      workDir,
      ip,
      port,
      hostname: options.hostname ?? ip,
      resources: parseResources(spec.resources ?? machineResources()),
      attributes: parseAttributes(spec.attributes ?? ''),
      clock,
      random,
      log,
    });
    port = current.port;
    crashed = false;
  };
  const running = (): RunningAgent => {
    if (!current) throw new AuroraError('BUG', 'the agent of the embedded cluster is not started');
    return current;
  };
  return {
    start,
    agent: {
      current: running,
      freeze: link.freeze,
      thaw: link.thaw,
      crash() {
        crashed = true;
        return running().crash();
      },
      restart: start,
      leave: () => running().leave(),
      async stop() {
        // Only an agent can end its executors, because it knows all their processes.
        if (crashed) await start({ recover: 'cleanup' });
        await current?.stop();
      },
    },
  };
}

/** Takes and ignores the calls of an agent while there is no master. */
const nobody = {
  register: () => {},
  reregister: () => {},
  forwardUpdate: () => {},
  executorTerminated: () => {},
  executorMessage: () => {},
  pong: () => {},
  unregister: () => {},
  close: () => {},
};

function prepare(workDir: string): void {
  try {
    makeFolder(workDir);
  } catch (error) {
    throw new AuroraError('STORAGE', `the embedded cluster cannot use its directory: ${messageOf(error)}`, {
      where: workDir,
      next: 'choose a directory that can be written',
      cause: error,
    });
  }
}

/**
 * Starts an embedded cluster in this process: a master and agents that behave like Mesos, with executors as real processes.
 * @throws AuroraError PORT_IN_USE, STORAGE (work directory or registry), BAD_PARAMETER (resources or attributes)
 */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  prepare(options.workDir);
  const { ip = '127.0.0.1', clock = systemClock, random = systemRandom, log = silentLogger } = options;
  const through = courier();
  const slot: MasterSlot = { running: undefined };
  const agents: ClusterAgent[] = [];
  const hostname = options.hostname ?? ip;
  const registryFile = join(options.workDir, 'registry.json');

  const openMaster = async (port: number) => {
    slot.running = await startMaster({
      ip,
      port,
      hostname,
      flags: { registryFile, ...options.masterFlags },
      clock,
      random,
      log,
    });
  };
  const addAgent: RunningCluster['addAgent'] = async (spec) => {
    const workDir = spec.workDir ?? join(options.workDir, `agent-${agents.length}`);
    const made = clusterAgent(options, slot, through, spec, workDir);
    await made.start();
    agents.push(made.agent);
    return made.agent;
  };
  const stop = async () => {
    await Promise.all(agents.map((agent) => agent.stop()));
    await slot.running?.stop();
    slot.running = undefined;
    // Every agent has stopped in an orderly way, so the next master need not wait for any of them.
    rmSync(registryFile, { force: true });
  };

  await openMaster(options.port ?? 0);
  try {
    for (const spec of options.agents ?? [{}]) await addAgent(spec);
  } catch (error) {
    await stop();
    throw error;
  }
  const masterPort = (slot.running as RunningMaster | undefined)?.port ?? 0;
  return {
    master: `${ip}:${masterPort}`,
    masterPort,
    agents,
    addAgent,
    connectedFrameworks: () => slot.running?.connectedFrameworks() ?? 0,
    requests: () => slot.running?.requests() ?? 0,
    async crashMaster() {
      const dying = slot.running;
      slot.running = undefined;
      await dying?.stop();
    },
    restartMaster: () => openMaster(masterPort),
    stop,
  };
}
