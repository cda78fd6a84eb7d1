import type { Definitions } from './definitions.ts';

/** Amounts of resources, and the policies that a service can request. */
export const RESOURCES = {
  Resource: {
    union: {
      numCpus: [1, 'double'],
      ramMb: [2, 'i64'],
      diskMb: [3, 'i64'],
      namedPort: [4, 'string'],
      numGpus: [5, 'i64'],
      ipAddr: [6, 'i64'],
    },
  },
  ResourceAggregate: {
    struct: {
      /** Resources of clients before 0.18; see old-resources.ts. */
      numCpus: [1, 'double', 'unset'],
      ramMb: [2, 'i64', 'unset'],
      diskMb: [3, 'i64', 'unset'],
      resources: [4, 'set<Resource>'],
    },
  },
  PartitionPolicy: {
    struct: {
      reschedule: [1, 'bool'],
      delaySecs: [2, 'i64', 'opt'],
    },
  },
  PercentageSlaPolicy: {
    struct: {
      percentage: [1, 'double'],
      durationSecs: [2, 'i64'],
    },
  },
  CountSlaPolicy: {
    struct: {
      count: [1, 'i64'],
      durationSecs: [2, 'i64'],
    },
  },
  CoordinatorSlaPolicy: {
    struct: {
      coordinatorUrl: [1, 'string'],
      statusKey: [2, 'string'],
    },
  },
  SlaPolicy: {
    union: {
      percentageSlaPolicy: [1, 'PercentageSlaPolicy'],
      countSlaPolicy: [2, 'CountSlaPolicy'],
      coordinatorSlaPolicy: [3, 'CoordinatorSlaPolicy'],
    },
  },
} as const satisfies Definitions;
