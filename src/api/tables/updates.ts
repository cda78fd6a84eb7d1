import type { Definitions } from './definitions.ts';

/** Job updates: requests, stored state and events. */
export const UPDATES = {
  QueueJobUpdateStrategy: {
    struct: {
      groupSize: [1, 'i32'],
    },
  },
  BatchJobUpdateStrategy: {
    struct: {
      groupSize: [1, 'i32'],
      autopauseAfterBatch: [2, 'bool'],
    },
  },
  VariableBatchJobUpdateStrategy: {
    struct: {
      groupSizes: [1, 'list<i32>'],
      autopauseAfterBatch: [2, 'bool'],
    },
  },
  JobUpdateStrategy: {
    union: {
      queueStrategy: [1, 'QueueJobUpdateStrategy'],
      batchStrategy: [2, 'BatchJobUpdateStrategy'],
      varBatchStrategy: [3, 'VariableBatchJobUpdateStrategy'],
    },
  },
  JobUpdateSettings: {
    struct: {
      updateGroupSize: [1, 'i32'],
      maxPerInstanceFailures: [2, 'i32'],
      maxFailedInstances: [3, 'i32'],
      minWaitInInstanceRunningMs: [5, 'i32'],
      rollbackOnFailure: [6, 'bool'],
      updateOnlyTheseInstances: [7, 'set<Range>'],
      waitForBatchCompletion: [8, 'bool'],
      blockIfNoPulsesAfterMs: [9, 'i32', 'opt'],
      slaAware: [10, 'bool', 'opt'],
      updateStrategy: [11, 'JobUpdateStrategy', 'opt'],
      /**
       * Not in the original, which ignores it: an instance fails if its new task is not RUNNING this many milliseconds
       * after its creation. Unset or 0 means no limit.
       */
      instanceStartTimeoutMs: [1000, 'i32', 'unset'],
    },
  },
  JobUpdateEvent: {
    struct: {
      status: [1, 'JobUpdateStatus'],
      timestampMs: [2, 'i64'],
      user: [3, 'string', 'opt'],
      message: [4, 'string', 'opt'],
    },
  },
  JobInstanceUpdateEvent: {
    struct: {
      instanceId: [1, 'i32'],
      timestampMs: [2, 'i64'],
      action: [3, 'JobUpdateAction'],
      message: [4, 'string', 'opt'],
    },
  },
  InstanceTaskConfig: {
    struct: {
      task: [1, 'TaskConfig'],
      instances: [2, 'set<Range>'],
    },
  },
  JobUpdateState: {
    struct: {
      status: [1, 'JobUpdateStatus'],
      createdTimestampMs: [2, 'i64'],
      lastModifiedTimestampMs: [3, 'i64'],
    },
  },
  JobUpdateSummary: {
    struct: {
      user: [3, 'string'],
      state: [4, 'JobUpdateState', 'unset'],
      key: [5, 'JobUpdateKey'],
      metadata: [6, 'set<Metadata>', 'opt'],
    },
  },
  JobUpdateInstructions: {
    struct: {
      initialState: [1, 'set<InstanceTaskConfig>'],
      desiredState: [2, 'InstanceTaskConfig', 'unset'],
      settings: [3, 'JobUpdateSettings'],
      /** Not in the original, for which this is an update that does nothing. */
      restart: [1000, 'JobRestart', 'unset'],
    },
  },
  /** Not in the original: a restart is an update whose instances keep their configurations and get new tasks. */
  JobRestart: {
    struct: {
      /** The tasks to be replaced. */
      taskIds: [1, 'set<string>'],
      /** Instances whose configuration differs from that of initialState. */
      others: [2, 'set<InstanceTaskConfig>'],
    },
  },
  JobUpdate: {
    struct: {
      summary: [1, 'JobUpdateSummary'],
      instructions: [2, 'JobUpdateInstructions'],
    },
  },
  JobUpdateDetails: {
    struct: {
      update: [1, 'JobUpdate'],
      updateEvents: [2, 'list<JobUpdateEvent>'],
      instanceEvents: [3, 'list<JobInstanceUpdateEvent>'],
      /** Not in the original: instances that currently wait because of their job's SLA policy; only in answers. */
      slaWaits: [1000, 'list<InstanceWait>', 'unset'],
    },
  },
  /** Not in the original. */
  InstanceWait: {
    struct: {
      instanceId: [1, 'i32'],
      /** For people. */
      waitsFor: [2, 'string'],
    },
  },
  JobUpdateRequest: {
    struct: {
      taskConfig: [1, 'TaskConfig'],
      instanceCount: [2, 'i32'],
      settings: [3, 'JobUpdateSettings'],
      metadata: [4, 'set<Metadata>', 'opt'],
      /**
       * Not in the original, which ignores it: the JobUpdatePlan.digest of the plan to carry out. startJobUpdate then
       * starts exactly that plan. If the job, its last update or the request has changed, it answers INVALID_REQUEST
       * with one sentence for each difference, and with the current plan as planJobUpdateResult.
       */
      planDigest: [1000, 'string', 'unset'],
    },
  },
  /** Not in the original. */
  JobRestartRequest: {
    struct: {
      job: [1, 'JobKey'],
      /** Empty means all active instances. */
      instances: [2, 'set<i32>'],
      /** `slaAware`: each instance waits until its job's policy allows the restart. */
      settings: [3, 'JobUpdateSettings'],
      metadata: [4, 'set<Metadata>', 'opt'],
    },
  },
  JobUpdateQuery: {
    struct: {
      role: [2, 'string', 'unset'],
      jobKey: [3, 'JobKey', 'unset'],
      user: [4, 'string', 'unset'],
      updateStatuses: [5, 'set<JobUpdateStatus>'],
      offset: [6, 'i32'],
      limit: [7, 'i32'],
      key: [8, 'JobUpdateKey', 'unset'],
    },
  },
} as const satisfies Definitions;
