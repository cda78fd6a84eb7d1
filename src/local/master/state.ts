/**
 * Everything that the master knows, as plain records. The other files in this folder are the events that change them.
 * Longer than most files, because the records refer to one another.
 */
import type { Clock, Timer } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { type Random, uuid } from '../../base/random.ts';
import type {
  AgentInfo,
  FrameworkInfo,
  MesosMessage,
  OperationStatus,
  SchedulerEvent,
  TaskInfo,
  TaskState,
  TaskStatus,
  Unavailability,
} from '../../mesos/index.ts';
import type { AgentLink, DrainAgent } from '../link.ts';
import type { OfferConstraint } from './constraints.ts';
import type { ExecutorTable } from './executors.ts';
import type { MasterFlags } from './flags.ts';
import type { Pool } from './resources/pool.ts';

/** The open answer to a SUBSCRIBE. */
export interface SchedulerStream {
  /** Value of Mesos-Stream-Id. */
  readonly id: string;
  send(event: SchedulerEvent): void;
  /** Ends with a last chunk; the connection stays open. */
  end(): void;
}

/** Resources that a framework refused on one agent in one role, until `untilMs` (monotonic clock). */
export interface Filter {
  readonly refused: Pool;
  readonly untilMs: number;
}

export interface MasterFramework {
  readonly id: string;
  info: FrameworkInfo;
  principal: string | undefined;
  roles: readonly string[];
  capabilities: ReadonlySet<string>;
  readonly suppressed: Set<string>;
  /** Role -> condition on agents; a role without an entry accepts any agent. */
  constraints: ReadonlyMap<string, OfferConstraint>;
  stream: SchedulerStream | undefined;
  heartbeat: Timer | undefined;
  failover: Timer | undefined;
  /** Known only from agents that returned after the master's restart. */
  recovered: boolean;
  readonly tasks: Map<string, MasterTask>;
  readonly unreachable: Map<string, MasterTask>;
  readonly completed: MasterTask[];
  readonly offers: Set<OfferRecord>;
  readonly inverseOffers: Set<InverseOfferRecord>;
  /** Agent id -> role -> filters. */
  readonly filters: Map<string, Map<string, Filter[]>>;
  /** Agent id -> the monotonic time until which no inverse offer is made. */
  readonly inverseFilters: Map<string, number>;
  /** Role -> name of a scalar -> thousandths offered or in use; needed for fair shares. */
  readonly held: Map<string, Map<string, number>>;
  readonly registeredMs: number;
  reregisteredMs: number;
  unregisteredMs: number;
}

/** A task id is only unique within a framework. */
export const taskKey = (frameworkId: string, taskId: string): string => `${frameworkId}\0${taskId}`;

export interface Agent {
  readonly id: string;
  info: AgentInfo;
  ip: string;
  version: string;
  link: AgentLink;
  /** False from when the link breaks until the agent registers again. */
  connected: boolean;
  /** Set by DRAIN_AGENT and DEACTIVATE_AGENT; the agent's resources are not offered. */
  deactivated: boolean;
  drain: (DrainAgent & { state: 'DRAINING' | 'DRAINED'; readonly startedMs: number }) | undefined;
  total: Pool;
  /** `total` minus what is offered or in use; these amounts carry no allocation. */
  available: Pool;
  /** In use by tasks and executors; these amounts carry their allocation. */
  used: Pool;
  readonly tasks: Set<MasterTask>;
  readonly executors: ExecutorTable;
  readonly offers: Set<OfferRecord>;
  readonly inverseOffers: Set<InverseOfferRecord>;
  /** KILLs that arrived while the agent was disconnected. */
  readonly pendingKills: Map<string, { readonly frameworkId: string; readonly taskId: string }>;
  unavailability: Unavailability | undefined;
  readonly inverseStatuses: Map<string, { readonly status: 'ACCEPT' | 'DECLINE'; readonly atMs: number }>;
  ping: Timer | undefined;
  missedPings: number;
  awaitsPong: boolean;
  readonly registeredMs: number;
  reregisteredMs: number | undefined;
}

export interface MasterTask {
  readonly framework: MasterFramework;
  readonly agentId: string;
  readonly id: string;
  readonly name: string;
  /** Undefined for command tasks. */
  readonly executorId: string | undefined;
  readonly pool: Pool;
  /** Further parts of the task, for /tasks and the operator API. */
  readonly extra:
    | { readonly [M in 'labels' | 'discovery' | 'container']: TaskInfo[M] | undefined }
    | undefined;
  /** The newest known state. Once it is terminal, the task's resources are free. */
  state: TaskState;
  /** State and uuid of the update last forwarded to the scheduler. */
  statusState: TaskState | undefined;
  statusUuid: string | undefined;
  /** Newest last, without `data`; consecutive statuses of the same state are kept once. */
  statuses: readonly TaskStatus[];
}

export interface OfferRecord {
  readonly id: string;
  readonly framework: MasterFramework;
  readonly agent: Agent;
  readonly role: string;
  readonly pool: Pool;
  timeout: Timer | undefined;
}

export interface InverseOfferRecord {
  readonly id: string;
  readonly framework: MasterFramework;
  readonly agent: Agent;
}

/** An operation whose status the scheduler has not acknowledged. */
export interface OperationRecord {
  readonly framework: MasterFramework;
  readonly agentId: string;
  readonly id: string;
  readonly uuid: string;
  readonly status: OperationStatus;
}

/** An event for operators who have subscribed. */
export interface OperatorEvent {
  readonly type: string;
  readonly [member: string]: unknown;
}

export interface CompletedFramework {
  readonly framework: MasterFramework;
}

/** An agent that is unreachable or marked gone. */
export interface AbsentAgent {
  readonly id: string;
  readonly info: AgentInfo;
  readonly sinceMs: number;
}

export interface MaintenanceWindow {
  readonly machine_ids: readonly { readonly hostname?: string; readonly ip?: string }[];
  readonly unavailability: Unavailability;
}

export interface MasterState {
  readonly flags: MasterFlags;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly id: string;
  readonly startedMs: number;
  /** The real port is set once the server listens. */
  address: { readonly ip: string; readonly port: number; readonly hostname: string };
  readonly frameworks: Map<string, MasterFramework>;
  readonly removedFrameworks: Map<string, CompletedFramework>;
  readonly agents: Map<string, Agent>;
  /** Agents of the registry that have not come back since the master's restart. */
  readonly recoveredAgents: Map<string, AgentInfo>;
  readonly unreachableAgents: Map<string, AbsentAgent>;
  readonly goneAgents: Map<string, AbsentAgent>;
  readonly offers: Map<string, OfferRecord>;
  readonly inverseOffers: Map<string, InverseOfferRecord>;
  readonly operations: Map<string, OperationRecord>;
  /** Name of a scalar -> thousandths in the whole cluster. */
  readonly clusterMilli: Map<string, number>;
  readonly operators: Set<(event: OperatorEvent) => void>;
  schedule: readonly MaintenanceWindow[];
  readonly downMachines: Set<string>;
  nextFramework: number;
  nextAgent: number;
  nextOffer: number;
  allocation: Timer | undefined;
  /** Whether an allocation outside the regular interval is scheduled. */
  allocationDue: boolean;
  /** Replaces equal parts of tasks and executors by one shared object. */
  readonly shared: <T extends object>(part: T) => T;
  readonly counters: Map<string, number>;
  stopped: boolean;
}

export const isPartitionAware = (framework: MasterFramework): boolean =>
  framework.capabilities.has('PARTITION_AWARE');

/** Sends an event to the framework; the event is lost when the framework is not connected. */
export const tell = (framework: MasterFramework, event: SchedulerEvent): void =>
  framework.stream?.send(event);

/** Sends an event to all subscribers of the operator API; `event` is only called when there are any. */
export function tellOperators(master: MasterState, event: () => OperatorEvent): void {
  if (master.operators.size === 0) return;
  const made = event();
  for (const send of master.operators) send(made);
}

/** Adds to a counter of /metrics/snapshot. */
export const countUp = (master: MasterState, name: string, by = 1): void =>
  void master.counters.set(name, (master.counters.get(name) ?? 0) + by);

/** Seconds since the epoch, as in statuses. */
export const timestamp = (master: MasterState): number => master.clock.nowMs() / 1000;

export const nanoseconds = (ms: number): { nanoseconds: number } => ({
  nanoseconds: Math.round(ms * 1e6),
});

/** A new uuid: 16 random bytes in base64. */
export const statusUuid = (random: Random): string =>
  Buffer.from(uuid(random).replaceAll('-', ''), 'hex').toString('base64');

export type LeaderInfo = MesosMessage<'MasterInfo'>;
