/**
 * What a master and an agent say to each other. In Mesos these are messages between two processes; here they are calls
 * between two halves of one process, with the same meaning, so that what a scheduler sees falls out the same way.
 *
 * Both directions are one-way and ordered, and arrive on a later turn of the event loop: nobody gets an answer, nobody
 * is called back from inside his own call. `linkAgent` (channel.ts) joins the two and carries the calls. A call on a
 * link that is closed goes nowhere, like a message to a dead process.
 *
 * Resources are in one form everywhere on this link: `reservations` instead of `role`, and `allocation_info` on
 * everything that belongs to a framework, whatever form that framework itself uses.
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

/** How long something took or may take, as Mesos writes it in configuration and JSON. */
export interface DurationNs {
  readonly nanoseconds: number;
}

/** Tasks to launch, in order. Source: RunTaskMessage, RunTaskGroupMessage. */
export interface RunTasks {
  /** With `id`; `checkpoint` decides whether the executor survives the agent. */
  readonly framework: FrameworkInfo;
  /**
   * Each with `executor` (its `framework_id` set) or with `command`, for which the agent makes up a command executor
   * whose id is the task's id.
   */
  readonly tasks: readonly TaskInfo[];
  /** Set for LAUNCH_GROUP: all of `tasks` go to this executor as one LAUNCH_GROUP event, all or none. */
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

/** An operator's wish to empty the agent. Source: DrainSlaveMessage. */
export interface DrainAgent {
  readonly maxGracePeriod?: DurationNs;
  readonly markGone: boolean;
}

/** The agent, as the master sees it. */
export interface AgentLink {
  /** Answer to `register`: the id from now on. Source: SlaveRegisteredMessage. */
  registered(message: { readonly agentId: string }): void;
  /**
   * Answer to `reregister`. `reconcile` names tasks that the master believes here and the agent did not list: the agent
   * answers with a terminal update for each (TASK_DROPPED, or TASK_LOST where the framework is not PARTITION_AWARE).
   */
  reregistered(message: {
    readonly agentId: string;
    readonly reconcile: readonly { readonly frameworkId: string; readonly taskIds: readonly string[] }[];
  }): void;
  runTasks(message: RunTasks): void;
  /** Before the executor has registered: TASK_KILLED by the agent. Unknown tasks are ignored. */
  killTask(message: KillTask): void;
  shutdownExecutor(message: ExecutorAddress): void;
  /** The framework is gone: SHUTDOWN to all its executors, no further update of it is kept. */
  shutdownFramework(message: { readonly frameworkId: string }): void;
  /** Name, roles or stream of the framework changed; unacknowledged updates are sent again on a failover. */
  frameworkUpdated(message: { readonly framework: FrameworkInfo }): void;
  /** @param message data: base64. */
  frameworkMessage(message: ExecutorAddress & { readonly data: string }): void;
  acknowledgeUpdate(message: AcknowledgeUpdate): void;
  drain(message: DrainAgent): void;
  /** Every ping timeout; to be answered by `pong`. `connected` false tells an agent to register again. */
  ping(message: { readonly connected: boolean }): void;
  /** The agent was removed (gone, unregistered, machine down): kill everything and stop. Source: ShutdownMessage. */
  shutdown(message: { readonly text: string }): void;
  /** The connection broke: the master went away. An agent tries to register again with backoff. */
  disconnected(): void;
}

/** A task as an agent reports it when it registers again. */
export interface ReportedTask {
  readonly info: TaskInfo;
  readonly frameworkId: string;
  /** Of a command task: absent. */
  readonly executorId?: string;
  /** State of the last update that was acknowledged by nobody or forwarded: what the master may tell a scheduler. */
  readonly status: TaskStatus;
  /** Every status that was sent and not acknowledged, oldest first. */
  readonly statuses: readonly TaskStatus[];
  /** The newest state the agent knows, terminal states included. */
  readonly latestState: TaskState;
}

/** Source: RegisterSlaveMessage. */
export interface RegisterAgent {
  /**
   * `resources` are the total, with static reservations; `id` absent. `hostname` and `port` are where the agent serves
   * HTTP.
   */
  readonly info: AgentInfo;
  /** Address of the agent's HTTP server as dotted numbers; goes into the offers' url. */
  readonly ip: string;
  readonly version: string;
}

/** Source: ReregisterSlaveMessage. */
export interface ReregisterAgent extends RegisterAgent {
  readonly agentId: string;
  readonly frameworks: readonly FrameworkInfo[];
  /** Executors that live, command executors left out; each with `framework_id`. */
  readonly executors: readonly ExecutorInfo[];
  readonly tasks: readonly ReportedTask[];
}

/** One status update on its way, or on its way again. Source: StatusUpdateMessage. */
export interface ForwardUpdate {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly executorId?: string;
  /** As the scheduler gets it, `uuid` and everything that the agent adds included. */
  readonly status: TaskStatus;
  /** Newest state in the agent: when terminal, the master frees the resources, though this update is an older one. */
  readonly latestState: TaskState;
}

/** The master, as one agent sees it. */
export interface MasterLink {
  /** Repeated by the agent with backoff until it is answered. */
  register(message: RegisterAgent): void;
  reregister(message: ReregisterAgent): void;
  forwardUpdate(message: ForwardUpdate): void;
  /**
   * The process ended and its container is destroyed; sent before the updates that this causes. Not sent for command
   * executors. Source: ExitedExecutorMessage.
   * @param message status: raw wait status (exit code * 256, or the signal's number).
   */
  executorTerminated(message: ExecutorAddress & { readonly agentId: string; readonly status: number }): void;
  /** @param message data: base64. */
  executorMessage(message: ExecutorAddress & { readonly agentId: string; readonly data: string }): void;
  pong(): void;
  /** The agent leaves for good, orderly. */
  unregister(message: { readonly agentId: string }): void;
  /** The connection breaks: the agent's process ended, or a test says so. */
  close(): void;
}

/** What a master gives to who starts agents: joins an agent and returns its way back. */
export type ConnectAgent = (agent: AgentLink) => MasterLink;

/** What `startAgent` (agent/index.ts) takes. Times are Mesos' flags of the same name. */
export interface AgentOptions {
  readonly connect: ConnectAgent;
  /** Everything the agent keeps: sandboxes and, for checkpointing frameworks, what recovery needs. */
  readonly workDir: string;
  /** Where its HTTP server listens; port 0 takes any. */
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
  /** Default 'reconnect'. 'cleanup' ends the executors of an earlier life and stops. */
  readonly recover?: 'reconnect' | 'cleanup';
  /** The part of a directory's file system that is used, 0 to 1; default what the system says. */
  readonly usedPart?: (directory: string) => Promise<number>;
}

export interface RunningAgent {
  /** Where its HTTP server listens. */
  readonly port: number;
  /** Its id once it is registered. */
  agentId(): string | undefined;
  /** Ends every executor with its whole process tree, tells the master nothing, leaves no handle behind. */
  stop(): Promise<void>;
  /**
   * As if the agent's process were killed: streams and the link break, executors live on. `startAgent` on the same
   * work directory recovers them.
   */
  crash(): Promise<void>;
  /** Orderly leave for good (SIGUSR1 of Mesos): ends the executors, unregisters, stops. */
  leave(): Promise<void>;
}

/** How the agent half is started. */
export type StartAgent = (options: AgentOptions) => Promise<RunningAgent>;
