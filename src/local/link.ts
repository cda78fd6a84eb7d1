/**
 * The messages between a master and an agent. In Mesos they go between two processes; here they are calls between two
 * halves of one process with the same meaning, so that a scheduler sees the same behaviour.
 *
 * Both directions are one-way and ordered, and calls arrive on a later turn of the event loop: no call returns an
 * answer or calls back before it returns. `channel` (channel.ts) joins the two sides and carries the calls. A call on a
 * closed link is dropped, like a message to a dead process.
 *
 * Resources have one form on this link: `reservations` instead of `role`, and `allocation_info` on everything that
 * belongs to a framework, whatever form the framework itself uses.
 */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type {
  AgentInfo,
  Attribute,
  ExecutorInfo,
  FrameworkInfo,
  KillPolicy,
  Resource,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../mesos/index.ts';

/** A duration in the form of Mesos' configuration and JSON. */
export interface DurationNs {
  readonly nanoseconds: number;
}

/** Tasks to launch, in order. Source: RunTaskMessage, RunTaskGroupMessage. */
export interface RunTasks {
  /** Has its `id`; `checkpoint` decides whether the executor survives the agent. */
  readonly framework: FrameworkInfo;
  /**
   * Each has `executor` (with `framework_id`) or `command`; for the latter the agent creates a command executor whose
   * id is the task's.
   */
  readonly tasks: readonly TaskInfo[];
  /** Set for LAUNCH_GROUP: this executor gets all of `tasks` as one LAUNCH_GROUP event, all or none. */
  readonly groupExecutor?: ExecutorInfo;
}

export interface KillTask {
  readonly frameworkId: string;
  readonly taskId: string;
  readonly killPolicy?: KillPolicy;
}

export interface ExecutorAddress {
  readonly frameworkId: string;
  readonly executorId: string;
}

/** Source: StatusUpdateAcknowledgementMessage. */
export interface AcknowledgeUpdate {
  readonly frameworkId: string;
  readonly taskId: string;
  /** 16 bytes, base64. */
  readonly uuid: string;
}

/** An operator's request to drain the agent. Source: DrainSlaveMessage. */
export interface DrainAgent {
  readonly maxGracePeriod?: DurationNs;
  readonly markGone: boolean;
}

/** The agent, as seen by the master. */
export interface AgentLink {
  /** Answers `register` with the agent's id. Source: SlaveRegisteredMessage. */
  registered(message: { readonly agentId: string }): void;
  /**
   * Answers `reregister`. `reconcile` names tasks that the master expects here but the agent did not list; the agent
   * sends a terminal update for each (TASK_DROPPED, or TASK_LOST where the framework is not PARTITION_AWARE).
   */
  reregistered(message: {
    readonly agentId: string;
    readonly reconcile: readonly { readonly frameworkId: string; readonly taskIds: readonly string[] }[];
  }): void;
  runTasks(message: RunTasks): void;
  /** If the executor has not registered yet, the agent itself reports TASK_KILLED. Unknown tasks are ignored. */
  killTask(message: KillTask): void;
  shutdownExecutor(message: ExecutorAddress): void;
  /** The framework is gone: all its executors get SHUTDOWN, and its further updates are dropped. */
  shutdownFramework(message: { readonly frameworkId: string }): void;
  /** Name, roles or stream of the framework changed; the agent sends its unacknowledged updates again. */
  frameworkUpdated(message: { readonly framework: FrameworkInfo }): void;
  /** @param message data: base64 */
  frameworkMessage(message: ExecutorAddress & { readonly data: string }): void;
  acknowledgeUpdate(message: AcknowledgeUpdate): void;
  drain(message: DrainAgent): void;
  /** Sent every ping timeout, to be answered by `pong`. If `connected` is false, the agent has to register again. */
  ping(message: { readonly connected: boolean }): void;
  /** The agent was removed (gone, unregistered, machine down): it kills everything and stops. Source: ShutdownMessage. */
  shutdown(message: { readonly text: string }): void;
  /** The connection to the master broke. The agent tries to register again with backoff. */
  disconnected(): void;
}

/** A task as an agent reports it when it registers again. */
export interface ReportedTask {
  readonly info: TaskInfo;
  readonly frameworkId: string;
  /** Absent for a command task. */
  readonly executorId?: string;
  /** The oldest unacknowledged status, else the last acknowledged one: what the master may tell a scheduler. */
  readonly status: TaskStatus;
  /** All statuses that are not acknowledged, oldest first. */
  readonly statuses: readonly TaskStatus[];
  /** The newest state that the agent knows, which may be terminal. */
  readonly latestState: TaskState;
}

/** Source: RegisterSlaveMessage. */
export interface RegisterAgent {
  /**
   * `resources` are the total, with static reservations; there is no `id`. `hostname` and `port` are those of the
   * agent's HTTP server.
   */
  readonly info: AgentInfo;
  /** Dotted address of the agent's HTTP server; used for the url of offers. */
  readonly ip: string;
  readonly version: string;
}

/** Source: ReregisterSlaveMessage. */
export interface ReregisterAgent extends RegisterAgent {
  readonly agentId: string;
  readonly frameworks: readonly FrameworkInfo[];
  /** Living executors except command executors, each with `framework_id`. */
  readonly executors: readonly ExecutorInfo[];
  readonly tasks: readonly ReportedTask[];
}

/** One status update, sent or resent. Source: StatusUpdateMessage. */
export interface ForwardUpdate {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly executorId?: string;
  /** As the scheduler will get it, with `uuid` and everything that the agent adds. */
  readonly status: TaskStatus;
  /** The newest state in the agent. If terminal, the master frees the resources although this update may be an older one. */
  readonly latestState: TaskState;
}

/** The master, as seen by one agent. */
export interface MasterLink {
  /** Repeated with backoff until it is answered. */
  register(message: RegisterAgent): void;
  reregister(message: ReregisterAgent): void;
  forwardUpdate(message: ForwardUpdate): void;
  /**
   * The executor's process ended and its container is destroyed; sent before the updates that this causes. Not sent for
   * command executors. Source: ExitedExecutorMessage.
   * @param message status: raw wait status (exit code * 256, or the signal's number)
   */
  executorTerminated(message: ExecutorAddress & { readonly agentId: string; readonly status: number }): void;
  /** @param message data: base64 */
  executorMessage(message: ExecutorAddress & { readonly agentId: string; readonly data: string }): void;
  pong(): void;
  /** The agent leaves for good, in an orderly way. */
  unregister(message: { readonly agentId: string }): void;
  /** Breaks the connection: the agent's process ended, or a test asks for it. */
  close(): void;
}

/** The master's function for new agents: takes the link to an agent and returns the agent's link to the master. */
export type ConnectAgent = (agent: AgentLink) => MasterLink;

/** Options of `startAgent` (agent/index.ts). Times are Mesos' flags of the same name. */
export interface AgentOptions {
  readonly connect: ConnectAgent;
  /** Holds everything that the agent stores: sandboxes, and what recovery needs of checkpointing frameworks. */
  readonly workDir: string;
  /** Address of its HTTP server; port 0 means any free port. */
  readonly ip: string;
  readonly port: number;
  /** Name in AgentInfo and offers. */
  readonly hostname: string;
  readonly resources: readonly Resource[];
  readonly attributes: readonly Attribute[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Default 60 s. */
  readonly executorRegistrationTimeoutMs?: number;
  /** Default 2 s. */
  readonly executorReregistrationTimeoutMs?: number;
  /** Default 5 s. */
  readonly executorShutdownGracePeriodMs?: number;
  /** Default 15 min. */
  readonly recoveryTimeoutMs?: number;
  /** Default 'reconnect'. 'cleanup' ends the executors of an earlier agent and stops. */
  readonly recover?: 'reconnect' | 'cleanup';
  /** The used fraction of a directory's file system, 0 to 1; default: asks the system. */
  readonly usedPart?: (directory: string) => Promise<number>;
}

export interface RunningAgent {
  /** Where its HTTP server listens. */
  readonly port: number;
  /** Its id; undefined before it is registered. */
  agentId(): string | undefined;
  /** Ends every executor with its whole process tree without telling the master; leaves no handle open. */
  stop(): Promise<void>;
  /**
   * Behaves as if the agent's process were killed: streams and the link break, executors live on. `startAgent` on the
   * same work directory recovers them.
   */
  crash(): Promise<void>;
  /** Leaves in an orderly way and for good (Mesos: SIGUSR1): ends the executors, unregisters, stops. */
  leave(): Promise<void>;
}

/** The function that starts an agent. */
export type StartAgent = (options: AgentOptions) => Promise<RunningAgent>;
