import type { Definitions } from './definitions.ts';

/**
 * Names of jobs, instances and updates, and small values shared by other structs. Package and the locks are declared
 * but used by no call.
 */
export const KEYS = {
  JobKey: {
    struct: {
      role: [1, 'string'],
      environment: [2, 'string'],
      name: [3, 'string'],
    },
  },
  InstanceKey: {
    struct: {
      jobKey: [1, 'JobKey'],
      instanceId: [2, 'i32'],
    },
  },
  JobUpdateKey: {
    struct: {
      job: [1, 'JobKey'],
      id: [2, 'string'],
    },
  },
  Metadata: {
    struct: {
      key: [1, 'string'],
      value: [2, 'string'],
    },
  },
  Range: {
    struct: {
      first: [1, 'i32'],
      last: [2, 'i32'],
    },
  },
  Package: {
    struct: {
      role: [1, 'string'],
      name: [2, 'string'],
      version: [3, 'i32'],
    },
  },
  LockKey: {
    union: {
      job: [1, 'JobKey'],
    },
  },
  Lock: {
    struct: {
      key: [1, 'LockKey'],
      token: [2, 'string'],
      user: [3, 'string'],
      timestampMs: [4, 'i64'],
      message: [5, 'string', 'opt'],
    },
  },
} as const satisfies Definitions;
