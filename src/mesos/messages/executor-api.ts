import { optional, repeated, required } from './schema.ts';

/** The calls of an executor to its agent, and the agent's events for it. */
export const executorApiMessages = {
  ExecutorCall: {
    executor_id: required(1, 'ExecutorID'),
    framework_id: required(2, 'FrameworkID'),
    type: optional(3, 'ExecutorCall.Type'),
    subscribe: optional(4, 'ExecutorCall.Subscribe'),
    update: optional(5, 'ExecutorCall.Update'),
    message: optional(6, 'ExecutorCall.Message'),
  },
  'ExecutorCall.Subscribe': {
    unacknowledged_tasks: repeated(1, 'TaskInfo'),
    unacknowledged_updates: repeated(2, 'ExecutorCall.Update'),
  },
  'ExecutorCall.Update': {
    status: required(1, 'TaskStatus'),
  },
  'ExecutorCall.Message': {
    data: required(2, 'bytes'),
  },
  ExecutorEvent: {
    type: optional(1, 'ExecutorEvent.Type'),
    subscribed: optional(2, 'ExecutorEvent.Subscribed'),
    acknowledged: optional(3, 'ExecutorEvent.Acknowledged'),
    launch: optional(4, 'ExecutorEvent.Launch'),
    launch_group: optional(8, 'ExecutorEvent.LaunchGroup'),
    kill: optional(5, 'ExecutorEvent.Kill'),
    message: optional(6, 'ExecutorEvent.Message'),
    error: optional(7, 'ExecutorEvent.Error'),
  },
  'ExecutorEvent.Subscribed': {
    executor_info: required(1, 'ExecutorInfo'),
    framework_info: required(2, 'FrameworkInfo'),
    agent_info: required(3, 'AgentInfo'),
    container_id: optional(4, 'ContainerID'),
  },
  'ExecutorEvent.Launch': {
    task: required(1, 'TaskInfo'),
  },
  'ExecutorEvent.LaunchGroup': {
    task_group: required(1, 'TaskGroupInfo'),
  },
  'ExecutorEvent.Kill': {
    task_id: required(1, 'TaskID'),
    kill_policy: optional(2, 'KillPolicy'),
  },
  'ExecutorEvent.Acknowledged': {
    task_id: required(1, 'TaskID'),
    uuid: required(2, 'bytes'),
  },
  'ExecutorEvent.Message': {
    data: required(1, 'bytes'),
  },
  'ExecutorEvent.Error': {
    message: required(1, 'string'),
  },
} as const;

/** Names and numbers of the enums in these messages. */
export const executorApiEnums = {
  'ExecutorCall.Type': { UNKNOWN: 0, SUBSCRIBE: 1, UPDATE: 2, MESSAGE: 3, HEARTBEAT: 4 },
  'ExecutorEvent.Type': {
    UNKNOWN: 0,
    SUBSCRIBED: 1,
    LAUNCH: 2,
    LAUNCH_GROUP: 8,
    KILL: 3,
    ACKNOWLEDGED: 4,
    MESSAGE: 5,
    ERROR: 6,
    SHUTDOWN: 7,
    HEARTBEAT: 9,
  },
} as const;
