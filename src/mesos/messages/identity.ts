import { optional, repeated, required } from './schema.ts';

/** Ids, addresses, times, labels and other small values that larger messages contain. */
export const identityMessages = {
  FrameworkID: {
    value: required(1, 'string'),
  },
  OfferID: {
    value: required(1, 'string'),
  },
  AgentID: {
    value: required(1, 'string'),
  },
  TaskID: {
    value: required(1, 'string'),
  },
  ExecutorID: {
    value: required(1, 'string'),
  },
  ContainerID: {
    value: required(1, 'string'),
    parent: optional(2, 'ContainerID'),
  },
  ResourceProviderID: {
    value: required(1, 'string'),
  },
  OperationID: {
    value: required(1, 'string'),
  },
  UUID: {
    value: required(1, 'bytes'),
  },
  TimeInfo: {
    nanoseconds: required(1, 'int64'),
  },
  DurationInfo: {
    nanoseconds: required(1, 'int64'),
  },
  Address: {
    hostname: optional(1, 'string'),
    ip: optional(2, 'string'),
    port: required(3, 'int32'),
  },
  URL: {
    scheme: required(1, 'string'),
    address: required(2, 'Address'),
    path: optional(3, 'string'),
    query: repeated(4, 'Parameter'),
    fragment: optional(5, 'string'),
  },
  Unavailability: {
    start: required(1, 'TimeInfo'),
    duration: optional(2, 'DurationInfo'),
  },
  Labels: {
    labels: repeated(1, 'Label'),
  },
  Label: {
    key: required(1, 'string'),
    value: optional(2, 'string'),
  },
  Parameters: {
    parameter: repeated(1, 'Parameter'),
  },
  Parameter: {
    key: required(1, 'string'),
    value: required(2, 'string'),
  },
  Credential: {
    principal: required(1, 'string'),
    secret: optional(2, 'string'),
  },
  Secret: {
    type: optional(1, 'Secret.Type'),
    reference: optional(2, 'Secret.Reference'),
    value: optional(3, 'Secret.Value'),
  },
  'Secret.Reference': {
    name: required(1, 'string'),
    key: optional(2, 'string'),
  },
  'Secret.Value': {
    data: required(1, 'bytes'),
  },
} as const;

/** Names and numbers of the enums in these messages. */
export const identityEnums = {
  'Secret.Type': { UNKNOWN: 0, REFERENCE: 1, VALUE: 2 },
} as const;
