/** A cluster without processes: the same master over real HTTP, agents and tasks as records. For benchmarks and simulation. */
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { type Logger, silentLogger } from '../../src/base/log.ts';
import { type Random, systemRandom } from '../../src/base/random.ts';
import { parseAttributes, parseResources } from '../../src/local/agent-text.ts';
import { channel, courier } from '../../src/local/channel.ts';
import type { MasterFlags } from '../../src/local/master/flags.ts';
import { startMaster } from '../../src/local/master/index.ts';
import type { Resource } from '../../src/mesos/index.ts';
import { simulatedAgent, type TaskScript } from './agent.ts';
import { inFlight } from './in-flight.ts';
import type { SimulatedAgent } from './simulated-task.ts';

export type { TaskScript } from './agent.ts';
export type { SimulatedAgent } from './simulated-task.ts';

export interface SimulatedClusterOptions {
  /** How many agents. */
  readonly agents: number;
  /** Mesos' --resources of each; default 64 cpus, 256 GB of memory, 4 TB of disk, ports 31000-32000. */
  readonly resources?: string;
  /** Mesos' --attributes of each, by its number; default none. */
  readonly attributes?: (index: number) => string;
  /** Host name of each; default `agent-<number>`. */
  readonly hostname?: (index: number) => string;
  /** How tasks end by themselves; default: not at all. */
  readonly script?: TaskScript;
  /** The master's port; default 0: any. */
  readonly port?: number;
  readonly masterFlags?: Partial<MasterFlags>;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Logger;
}

export interface SimulatedCluster {
  /** `host:port` of the master. */
  readonly master: string;
  readonly masterPort: number;
  readonly agents: readonly SimulatedAgent[];
  /** Tasks on all agents. */
  tasks(): number;
  /** Updates that wait for a scheduler's acknowledgement. */
  unacknowledged(): number;
  stop(): Promise<void>;
}

const IP = '127.0.0.1';
const RESOURCES = 'cpus:64;mem:262144;disk:4194304;ports:[31000-32000]';
const AGENT_PORT = 5051;

/** More than any number of a port. */
const NUMBERS = 2 ** 20;

/** What tells plain resources of one name and role apart; undefined for those that are not plain. */
function amountKey({ scalar, ranges, reservations, disk }: Resource): number | undefined {
  if (reservations || disk) return undefined;
  if (scalar) return scalar.value;
  const [range, another] = ranges?.range ?? [];
  return range && !another ? range.begin * NUMBERS + range.end : undefined;
}

/** Returns the member of a map, made at the first use. */
function member<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** One object for equal resources: tasks of one job differ at most in their ports. */
function sharing(): (resources: readonly Resource[]) => readonly Resource[] {
  const known = new Map<string, Map<string | undefined, Map<number, Resource>>>();
  const shared = (resource: Resource): Resource => {
    const key = amountKey(resource);
    if (key === undefined) return resource;
    const ofName = member(known, resource.name, () => new Map());
    const ofRole = member(ofName, resource.allocation_info?.role, () => new Map());
    return member(ofRole, key, () => resource);
  };
  return (resources) => resources.map(shared);
}

/**
 * Starts a simulated cluster in this process. Tasks go to TASK_STARTING and, once that is acknowledged, to TASK_RUNNING;
 * they end when they are killed or as the script says. Agents answer pings and retry updates.
 * @throws AuroraError PORT_IN_USE, BAD_PARAMETER (resources or attributes)
 */
export async function startSimulatedCluster(options: SimulatedClusterOptions): Promise<SimulatedCluster> {
  const { clock = systemClock, random = systemRandom, log = silentLogger } = options;
  const master = await startMaster({
    ip: IP,
    port: options.port ?? 0,
    hostname: IP,
    flags: { maxStatusesPerTask: 0, ...options.masterFlags },
    clock,
    random,
    log,
  });
  const through = courier();
  const updates = inFlight(clock, random);
  const world = {
    clock,
    connect: channel(through, master.acceptAgent).connect,
    inFlight: updates,
    script: options.script ?? (() => undefined),
    shared: sharing(),
  };
  const resources = parseResources(options.resources ?? RESOURCES);
  const agents = Array.from({ length: options.agents }, (_, index) =>
    simulatedAgent(
      world,
      index,
      {
        hostname: options.hostname?.(index) ?? `agent-${index}`,
        port: AGENT_PORT,
        resources,
        attributes: parseAttributes(options.attributes?.(index) ?? ''),
      },
      IP,
    ),
  );
  return {
    master: `${IP}:${master.port}`,
    masterPort: master.port,
    agents,
    tasks: () => agents.reduce((sum, agent) => sum + agent.tasks(), 0),
    unacknowledged: updates.size,
    async stop() {
      updates.stop();
      for (const agent of agents) agent.stop();
      await master.stop();
    },
  };
}
