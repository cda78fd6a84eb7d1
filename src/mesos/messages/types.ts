import type { MesosMessage, MessageEnumValue } from './table.ts';

/** What a framework is: name, user, roles, capabilities, failover timeout in seconds. */
export type FrameworkInfo = MesosMessage<'FrameworkInfo'>;
/** The master as it describes itself in SUBSCRIBED and in ZooKeeper. */
export type MasterInfo = MesosMessage<'MasterInfo'>;
/** An agent: host, port, resources, attributes. */
export type AgentInfo = MesosMessage<'AgentInfo'>;
/** A named text, number, set of ranges or set of texts that describes an agent. */
export type Attribute = MesosMessage<'Attribute'>;
/** An amount of a resource: cpus, mem and disk in MB as scalars, ports as ranges. */
export type Resource = MesosMessage<'Resource'>;
/** Resources of one agent, offered until accepted, declined or rescinded. */
export type Offer = MesosMessage<'Offer'>;
/** A request to give resources back before an agent becomes unavailable. */
export type InverseOffer = MesosMessage<'InverseOffer'>;
/** How long, in seconds, resources should not be offered again. */
export type Filters = MesosMessage<'Filters'>;
/** What to do with accepted resources. */
export type Operation = MesosMessage<'Offer.Operation'>;
/** State of an operation that was given an id. */
export type OperationStatus = MesosMessage<'OperationStatus'>;
/** A task to launch. */
export type TaskInfo = MesosMessage<'TaskInfo'>;
/** A state report of a task; it has a `uuid` when it must be acknowledged. */
export type TaskStatus = MesosMessage<'TaskStatus'>;
/** Names a task's service and ports for service discovery. */
export type DiscoveryInfo = MesosMessage<'DiscoveryInfo'>;
/** The executor that runs a task. */
export type ExecutorInfo = MesosMessage<'ExecutorInfo'>;
/** A command with its files, environment and user. */
export type CommandInfo = MesosMessage<'CommandInfo'>;
/** Variables of a command. */
export type Environment = MesosMessage<'Environment'>;
/** A container: Mesos or Docker, image, volumes, networks. */
export type ContainerInfo = MesosMessage<'ContainerInfo'>;
/** Network addresses, pid and cgroup of a running container. */
export type ContainerStatus = MesosMessage<'ContainerStatus'>;
/** A directory seen inside a container. */
export type Volume = MesosMessage<'Volume'>;
/** How long a task may take to end when killed. */
export type KillPolicy = MesosMessage<'KillPolicy'>;
/** Names and values that Mesos passes on without interpreting them. */
export type Labels = MesosMessage<'Labels'>;
/** When an agent goes away and for how long, in nanoseconds. */
export type Unavailability = MesosMessage<'Unavailability'>;
/** Host, address and port. */
export type Address = MesosMessage<'Address'>;
/** A request of a scheduler; `type` says which of the other members is set. */
export type SchedulerCall = MesosMessage<'SchedulerCall'>;
/** A record on the stream of a scheduler; `type` says which of the other members is set. */
export type SchedulerEvent = MesosMessage<'SchedulerEvent'>;
/** A request of an executor. */
export type ExecutorCall = MesosMessage<'ExecutorCall'>;
/** A record on the stream of an executor. */
export type ExecutorEvent = MesosMessage<'ExecutorEvent'>;
/** State of a task; terminal ones end its life. */
export type TaskState = MessageEnumValue<'TaskState'>;
/** Who made a status. */
export type StatusSource = MessageEnumValue<'TaskStatus.Source'>;
/** Why a status was sent. */
export type StatusReason = MessageEnumValue<'TaskStatus.Reason'>;
/** Kinds of scheduler calls. */
export type SchedulerCallType = MessageEnumValue<'SchedulerCall.Type'>;
/** Kinds of scheduler events. */
export type SchedulerEventType = MessageEnumValue<'SchedulerEvent.Type'>;
/** Kinds of executor calls. */
export type ExecutorCallType = MessageEnumValue<'ExecutorCall.Type'>;
/** Kinds of executor events. */
export type ExecutorEventType = MessageEnumValue<'ExecutorEvent.Type'>;
