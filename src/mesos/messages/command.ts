import { optional, repeated, required } from './schema.ts';

/** Commands with their files and environment, and executors. */
export const commandMessages = {
  CommandInfo: {
    uris: repeated(1, 'CommandInfo.URI'),
    environment: optional(2, 'Environment'),
    shell: optional(6, 'bool', true),
    value: optional(3, 'string'),
    arguments: repeated(7, 'string'),
    user: optional(5, 'string'),
  },
  'CommandInfo.URI': {
    value: required(1, 'string'),
    executable: optional(2, 'bool'),
    extract: optional(3, 'bool', true),
    cache: optional(4, 'bool'),
    output_file: optional(5, 'string'),
  },
  ExecutorInfo: {
    type: optional(15, 'ExecutorInfo.Type'),
    executor_id: required(1, 'ExecutorID'),
    framework_id: optional(8, 'FrameworkID'),
    command: optional(7, 'CommandInfo'),
    container: optional(11, 'ContainerInfo'),
    resources: repeated(5, 'Resource'),
    name: optional(9, 'string'),
    source: optional(10, 'string'),
    data: optional(4, 'bytes'),
    discovery: optional(12, 'DiscoveryInfo'),
    shutdown_grace_period: optional(13, 'DurationInfo'),
    labels: optional(14, 'Labels'),
  },
  Environment: {
    variables: repeated(1, 'Environment.Variable'),
  },
  'Environment.Variable': {
    name: required(1, 'string'),
    type: optional(3, 'Environment.Variable.Type', 'VALUE'),
    value: optional(2, 'string'),
    secret: optional(4, 'Secret'),
  },
} as const;

/** Names and numbers of the enums in these messages. */
export const commandEnums = {
  'ExecutorInfo.Type': { UNKNOWN: 0, DEFAULT: 1, CUSTOM: 2 },
  'Environment.Variable.Type': { UNKNOWN: 0, VALUE: 1, SECRET: 2 },
} as const;
