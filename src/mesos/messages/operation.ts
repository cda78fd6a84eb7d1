import { optional, repeated, required } from './schema.ts';

/** The operations of an ACCEPT on the offered resources, and their outcomes. */
export const operationMessages = {
  'Offer.Operation': {
    type: optional(1, 'Offer.Operation.Type'),
    id: optional(12, 'OperationID'),
    launch: optional(2, 'Offer.Operation.Launch'),
    launch_group: optional(7, 'Offer.Operation.LaunchGroup'),
    reserve: optional(3, 'Offer.Operation.Reserve'),
    unreserve: optional(4, 'Offer.Operation.Unreserve'),
    create: optional(5, 'Offer.Operation.Create'),
    destroy: optional(6, 'Offer.Operation.Destroy'),
    grow_volume: optional(13, 'Offer.Operation.GrowVolume'),
    shrink_volume: optional(14, 'Offer.Operation.ShrinkVolume'),
    create_disk: optional(15, 'Offer.Operation.CreateDisk'),
    destroy_disk: optional(16, 'Offer.Operation.DestroyDisk'),
  },
  'Offer.Operation.Launch': {
    task_infos: repeated(1, 'TaskInfo'),
  },
  'Offer.Operation.LaunchGroup': {
    executor: required(1, 'ExecutorInfo'),
    task_group: required(2, 'TaskGroupInfo'),
  },
  'Offer.Operation.Reserve': {
    source: repeated(2, 'Resource'),
    resources: repeated(1, 'Resource'),
  },
  'Offer.Operation.Unreserve': {
    resources: repeated(1, 'Resource'),
  },
  'Offer.Operation.Create': {
    volumes: repeated(1, 'Resource'),
  },
  'Offer.Operation.Destroy': {
    volumes: repeated(1, 'Resource'),
  },
  'Offer.Operation.GrowVolume': {
    volume: required(1, 'Resource'),
    addition: required(2, 'Resource'),
  },
  'Offer.Operation.ShrinkVolume': {
    volume: required(1, 'Resource'),
    subtract: required(2, 'Value.Scalar'),
  },
  'Offer.Operation.CreateDisk': {
    source: required(1, 'Resource'),
    target_type: required(2, 'Resource.DiskInfo.Source.Type'),
    target_profile: optional(3, 'string'),
  },
  'Offer.Operation.DestroyDisk': {
    source: required(1, 'Resource'),
  },
  OperationStatus: {
    operation_id: optional(1, 'OperationID'),
    state: required(2, 'OperationState'),
    message: optional(3, 'string'),
    converted_resources: repeated(4, 'Resource'),
    uuid: optional(5, 'UUID'),
    agent_id: optional(6, 'AgentID'),
    resource_provider_id: optional(7, 'ResourceProviderID'),
  },
} as const;

/** Names and numbers of the enums in these messages. */
export const operationEnums = {
  'Offer.Operation.Type': {
    UNKNOWN: 0,
    LAUNCH: 1,
    LAUNCH_GROUP: 6,
    RESERVE: 2,
    UNRESERVE: 3,
    CREATE: 4,
    DESTROY: 5,
    GROW_VOLUME: 11,
    SHRINK_VOLUME: 12,
    CREATE_DISK: 13,
    DESTROY_DISK: 14,
  },
  OperationState: {
    OPERATION_UNSUPPORTED: 0,
    OPERATION_PENDING: 1,
    OPERATION_FINISHED: 2,
    OPERATION_FAILED: 3,
    OPERATION_ERROR: 4,
    OPERATION_DROPPED: 5,
    OPERATION_UNREACHABLE: 6,
    OPERATION_GONE_BY_OPERATOR: 7,
    OPERATION_RECOVERING: 8,
    OPERATION_UNKNOWN: 9,
  },
} as const;
