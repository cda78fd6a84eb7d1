import { optional, repeated, required } from './schema.ts';

/** Checks that an executor runs on its task, and how long a task may take to end. */
export const checkMessages = {
  CheckInfo: {
    type: optional(1, 'CheckInfo.Type'),
    command: optional(2, 'CheckInfo.Command'),
    http: optional(3, 'CheckInfo.Http'),
    tcp: optional(7, 'CheckInfo.Tcp'),
    delay_seconds: optional(4, 'double', 15),
    interval_seconds: optional(5, 'double', 10),
    timeout_seconds: optional(6, 'double', 20),
  },
  'CheckInfo.Command': {
    command: required(1, 'CommandInfo'),
  },
  'CheckInfo.Http': {
    port: required(1, 'uint32'),
    path: optional(2, 'string'),
  },
  'CheckInfo.Tcp': {
    port: required(1, 'uint32'),
  },
  HealthCheck: {
    delay_seconds: optional(2, 'double', 15),
    interval_seconds: optional(3, 'double', 10),
    timeout_seconds: optional(4, 'double', 20),
    consecutive_failures: optional(5, 'uint32', 3),
    grace_period_seconds: optional(6, 'double', 10),
    type: optional(8, 'HealthCheck.Type'),
    command: optional(7, 'CommandInfo'),
    http: optional(1, 'HealthCheck.HTTPCheckInfo'),
    tcp: optional(9, 'HealthCheck.TCPCheckInfo'),
  },
  'HealthCheck.HTTPCheckInfo': {
    protocol: optional(5, 'NetworkInfo.Protocol', 'IPv4'),
    scheme: optional(3, 'string'),
    port: required(1, 'uint32'),
    path: optional(2, 'string'),
    statuses: repeated(4, 'uint32'),
  },
  'HealthCheck.TCPCheckInfo': {
    protocol: optional(2, 'NetworkInfo.Protocol', 'IPv4'),
    port: required(1, 'uint32'),
  },
  KillPolicy: {
    grace_period: optional(1, 'DurationInfo'),
  },
} as const;

/** Names and numbers of the enums in these messages. */
export const checkEnums = {
  'CheckInfo.Type': { UNKNOWN: 0, COMMAND: 1, HTTP: 2, TCP: 3 },
  'HealthCheck.Type': { UNKNOWN: 0, COMMAND: 1, HTTP: 2, TCP: 3 },
} as const;
