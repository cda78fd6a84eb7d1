import type { Definitions } from './definitions.ts';

/** Jobs, tasks, their summaries and the query that selects tasks. */
export const JOBS = {
  TaskConfig: {
    struct: {
      isService: [7, 'bool'],
      /** Resources of clients before 0.18; see old-resources.ts. */
      numCpus: [8, 'double', 'unset'],
      ramMb: [9, 'i64', 'unset'],
      diskMb: [10, 'i64', 'unset'],
      priority: [11, 'i32'],
      maxTaskFailures: [13, 'i32'],
      owner: [17, 'Identity', 'unset'],
      production: [18, 'bool', 'opt'],
      constraints: [20, 'set<Constraint>'],
      requestedPorts: [21, 'set<string>', 'unset'],
      taskLinks: [22, 'map<string,string>', 'opt'],
      contactEmail: [23, 'string', 'opt'],
      executorConfig: [25, 'ExecutorConfig', 'opt'],
      metadata: [27, 'set<Metadata>', 'opt'],
      job: [28, 'JobKey'],
      container: [29, 'Container', { mesos: {} }],
      tier: [30, 'string', 'opt'],
      resources: [32, 'set<Resource>'],
      mesosFetcherUris: [33, 'set<MesosFetcherURI>', 'opt'],
      partitionPolicy: [34, 'PartitionPolicy', 'opt'],
      slaPolicy: [35, 'SlaPolicy', 'opt'],
    },
  },
  JobConfiguration: {
    struct: {
      cronSchedule: [4, 'string', 'opt'],
      cronCollisionPolicy: [5, 'CronCollisionPolicy', 'unset'],
      taskConfig: [6, 'TaskConfig'],
      owner: [7, 'Identity', 'unset'],
      instanceCount: [8, 'i32'],
      key: [9, 'JobKey'],
      /** Not in the original, like the next field: the time zone of the schedule; unset means the cluster's. */
      cronTimeZone: [100, 'string', 'unset'],
      /** Unset means SKIP. */
      cronMissedTickPolicy: [101, 'CronMissedTickPolicy', 'unset'],
    },
  },
  /** Not in the original: the outcome of a tick or of a requested run. Times in epoch milliseconds. */
  CronRun: {
    struct: {
      tickMs: [1, 'i64', 'unset'],
      decidedMs: [2, 'i64'],
      /** STARTED, WAITING, CANCELLED, IGNORED or MISSED: see docs/cron.md. */
      outcome: [3, 'string'],
      user: [4, 'string', 'unset'],
      reason: [5, 'string', 'unset'],
      startedMs: [6, 'i64', 'unset'],
      /** The number of missed ticks that this run stands for. */
      ticks: [7, 'i32', 'unset'],
    },
  },
  /** Not in the original: a cron job with its next ticks and its last runs. */
  CronJobStatus: {
    struct: {
      job: [1, 'JobConfiguration'],
      timeZone: [2, 'string'],
      nextTicksMs: [3, 'list<i64>'],
      /** Newest last. */
      runs: [4, 'list<CronRun>'],
      waiting: [5, 'CronRun', 'unset'],
      missedTicks: [6, 'i64'],
    },
  },
  JobStats: {
    struct: {
      activeTaskCount: [1, 'i32'],
      finishedTaskCount: [2, 'i32'],
      failedTaskCount: [3, 'i32'],
      pendingTaskCount: [4, 'i32'],
    },
  },
  JobSummary: {
    struct: {
      job: [1, 'JobConfiguration'],
      stats: [2, 'JobStats'],
      nextCronRunMs: [3, 'i64', 'unset'],
    },
  },
  TaskEvent: {
    struct: {
      timestamp: [1, 'i64'],
      status: [2, 'ScheduleStatus'],
      message: [3, 'string', 'opt'],
      scheduler: [4, 'string', 'opt'],
    },
  },
  AssignedTask: {
    struct: {
      taskId: [1, 'string'],
      slaveId: [2, 'string', 'unset'],
      slaveHost: [3, 'string', 'unset'],
      /** Omitted only inside a deduplicated snapshot. */
      task: [4, 'TaskConfig'],
      assignedPorts: [5, 'map<string,i32>'],
      instanceId: [6, 'i32'],
    },
  },
  ScheduledTask: {
    struct: {
      assignedTask: [1, 'AssignedTask'],
      status: [2, 'ScheduleStatus'],
      failureCount: [3, 'i32'],
      taskEvents: [4, 'list<TaskEvent>'],
      ancestorId: [5, 'string', 'unset'],
      timesPartitioned: [6, 'i32'],
    },
  },
  TaskQuery: {
    struct: {
      jobName: [2, 'string', 'opt'],
      taskIds: [4, 'set<string>', 'opt'],
      statuses: [5, 'set<ScheduleStatus>', 'opt'],
      instanceIds: [7, 'set<i32>', 'opt'],
      environment: [9, 'string', 'opt'],
      slaveHosts: [10, 'set<string>', 'opt'],
      jobKeys: [11, 'set<JobKey>', 'opt'],
      offset: [12, 'i32', 'opt'],
      limit: [13, 'i32', 'opt'],
      role: [14, 'string', 'opt'],
    },
  },
  ConfigGroup: {
    struct: {
      config: [1, 'TaskConfig'],
      instances: [3, 'set<Range>'],
    },
  },
  ConfigSummary: {
    struct: {
      key: [1, 'JobKey'],
      groups: [2, 'set<ConfigGroup>'],
    },
  },
  RoleSummary: {
    struct: {
      role: [1, 'string'],
      jobCount: [2, 'i32'],
      cronJobCount: [3, 'i32'],
    },
  },
  PendingReason: {
    struct: {
      taskId: [1, 'string'],
      reason: [2, 'string'],
    },
  },
  /** Not in the original, whose clients ignore it: why the tasks of one configuration are pending, by agents. */
  PendingFunnel: {
    struct: {
      taskIds: [1, 'set<string>'],
      knownAgents: [2, 'i32'],
      offeringAgents: [3, 'i32'],
      fittingAgents: [4, 'i32'],
      /** The number of agents by the kind of veto that ruled them out. */
      ruledOut: [5, 'map<string,i32>'],
      /** How often each reason occurred. */
      reasons: [6, 'map<string,i32>'],
      nearestHost: [7, 'string', 'opt'],
      /** What that host lacks, one text for each reason. */
      lacks: [8, 'list<string>'],
      /** A summary for people, in lines. */
      text: [9, 'string'],
    },
  },
  TierConfig: {
    struct: {
      name: [1, 'string'],
      settings: [2, 'map<string,string>'],
    },
  },
} as const satisfies Definitions;
