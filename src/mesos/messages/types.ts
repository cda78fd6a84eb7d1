import type { EnumValue, Message } from './table.ts';

/** What a framework is: name, user, roles, capabilities, failover timeout in seconds. */
export type FrameworkInfo = Message<'FrameworkInfo'>;
/** The master as it describes itself in SUBSCRIBED and in ZooKeeper. */
export type MasterInfo = Message<'MasterInfo'>;
/** An agent: host, port, resources, attributes. */
export type AgentInfo = Message<'AgentInfo'>;
/** A named text, number, set of ranges or set of texts of an agent. */
export type Attribute = Message<'Attribute'>;
/** An amount of something: cpus, mem and disk in MB as scalars, ports as ranges. */
export type Resource = Message<'Resource'>;
/** Resources of one agent, offered until accepted, declined or rescinded. */
export type Offer = Message<'Offer'>;
/** A request to give resources back before an agent becomes unavailable. */
export type InverseOffer = Message<'InverseOffer'>;
/** How long, in seconds, resources should not be offered again. */
export type Filters = Message<'Filters'>;
/** What to do with accepted resources. */
export type Operation = Message<'Offer.Operation'>;
/** State of an operation that was given an id. */
export type OperationStatus = Message<'OperationStatus'>;
/** A task to launch. */
export type TaskInfo = Message<'TaskInfo'>;
/** A state report of a task; `uuid` is there when it must be acknowledged. */
export type TaskStatus = Message<'TaskStatus'>;
/** A named port for discovery and the other facts a service registry wants. */
export type DiscoveryInfo = Message<'DiscoveryInfo'>;
/** The executor that runs a task. */
export type ExecutorInfo = Message<'ExecutorInfo'>;
/** A command with its files, environment and user. */
export type CommandInfo = Message<'CommandInfo'>;
/** Variables of a command. */
export type Environment = Message<'Environment'>;
/** A container: Mesos or Docker, image, volumes, networks. */
export type ContainerInfo = Message<'ContainerInfo'>;
/** Network addresses, pid and cgroup of a running container. */
export type ContainerStatus = Message<'ContainerStatus'>;
/** A directory seen inside a container. */
export type Volume = Message<'Volume'>;
/** How long a task may take to end when killed. */
export type KillPolicy = Message<'KillPolicy'>;
/** Names and values that Mesos carries without looking at them. */
export type Labels = Message<'Labels'>;
/** When an agent goes away, and for how long, in nanoseconds. */
export type Unavailability = Message<'Unavailability'>;
/** Host, address and port. */
export type Address = Message<'Address'>;
/** A request of a scheduler; `type` says which of the other members is there. */
export type SchedulerCall = Message<'SchedulerCall'>;
/** A record on the stream of a scheduler; `type` says which of the other members is there. */
export type SchedulerEvent = Message<'SchedulerEvent'>;
/** A request of an executor. */
export type ExecutorCall = Message<'ExecutorCall'>;
/** A record on the stream of an executor. */
export type ExecutorEvent = Message<'ExecutorEvent'>;
/** State of a task; terminal ones end its life. */
export type TaskState = EnumValue<'TaskState'>;
/** Who made a status. */
export type StatusSource = EnumValue<'TaskStatus.Source'>;
/** Why a status came about. */
export type StatusReason = EnumValue<'TaskStatus.Reason'>;
/** Kinds of scheduler calls. */
export type SchedulerCallType = EnumValue<'SchedulerCall.Type'>;
/** Kinds of scheduler events. */
export type SchedulerEventType = EnumValue<'SchedulerEvent.Type'>;
/** Kinds of executor calls. */
export type ExecutorCallType = EnumValue<'ExecutorCall.Type'>;
/** Kinds of executor events. */
export type ExecutorEventType = EnumValue<'ExecutorEvent.Type'>;
