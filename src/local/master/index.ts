/** The master half of the embedded cluster: all wiring in one place. */
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { type Random, uuid } from '../../base/random.ts';
import type { AgentLink, MasterLink } from '../link.ts';
import { giveUpRecovered } from './agent-removal.ts';
import { acceptAgent } from './agents.ts';
import { startAllocating } from './allocator.ts';
import { defaultMasterFlags, type MasterFlags } from './flags.ts';
import { listen } from './http/server.ts';
import { loadRegistry } from './registry.ts';
import { sharedParts } from './shared-parts.ts';
import type { MasterState } from './state.ts';

export interface MasterOptions {
  /** Address to listen on; port 0 means any free port. */
  readonly ip: string;
  readonly port: number;
  /** The name under which schedulers are redirected to it. */
  readonly hostname: string;
  readonly flags?: Partial<MasterFlags>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export interface RunningMaster {
  readonly port: number;
  readonly id: string;
  /** Accepts an agent's link and returns the agent's link to the master. */
  readonly acceptAgent: (link: AgentLink) => MasterLink;
  /** The number of schedulers that are subscribed now. */
  connectedFrameworks(): number;
  /** The number of HTTP requests received. */
  requests(): number;
  /** Breaks every stream (without a last chunk) and every link, like a killed process. */
  stop(): Promise<void>;
}

function newState(options: MasterOptions): MasterState {
  const { clock, random, log, ip, port, hostname } = options;
  return {
    flags: { ...defaultMasterFlags, ...options.flags },
    clock,
    random,
    log,
    id: uuid(random),
    startedMs: clock.nowMs(),
    address: { ip, port, hostname },
    frameworks: new Map(),
    removedFrameworks: new Map(),
    agents: new Map(),
    recoveredAgents: new Map(),
    unreachableAgents: new Map(),
    goneAgents: new Map(),
    offers: new Map(),
    inverseOffers: new Map(),
    operations: new Map(),
    clusterMilli: new Map(),
    operators: new Set(),
    schedule: [],
    downMachines: new Set(),
    nextFramework: 0,
    nextAgent: 0,
    nextOffer: 0,
    allocation: undefined,
    allocationDue: false,
    shared: sharedParts(),
    counters: new Map(),
    stopped: false,
  };
}

/**
 * Starts a master, which serves at once.
 * @throws AuroraError PORT_IN_USE, STORAGE (the registry cannot be read)
 */
export async function startMaster(options: MasterOptions): Promise<RunningMaster> {
  const master = newState(options);
  loadRegistry(master);
  const server = await listen(master, options.ip, options.port);
  master.address = { ...master.address, port: server.port };
  const patience =
    master.recoveredAgents.size > 0
      ? master.clock.after(master.flags.agentReregisterTimeoutMs, () => giveUpRecovered(master))
      : undefined;
  startAllocating(master);
  return {
    port: server.port,
    id: master.id,
    acceptAgent: (link) => acceptAgent(master, link),
    connectedFrameworks: () =>
      [...master.frameworks.values()].filter(({ stream }) => stream !== undefined).length,
    requests: server.requests,
    async stop() {
      master.stopped = true;
      patience?.cancel();
      master.allocation?.cancel();
      for (const framework of master.frameworks.values()) {
        framework.failover?.cancel();
        framework.heartbeat?.cancel();
        framework.stream = undefined;
      }
      for (const record of master.offers.values()) record.timeout?.cancel();
      for (const agent of master.agents.values()) {
        agent.ping?.cancel();
        agent.connected = false;
        agent.link.disconnected();
      }
      await server.close();
    },
  };
}
