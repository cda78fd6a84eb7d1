import type { Definitions } from './definitions.ts';

/** The results of calls; each is one member of Result. */
export const RESULTS = {
  PopulateJobResult: {
    struct: {
      taskConfig: [2, 'TaskConfig'],
    },
  },
  ScheduleStatusResult: {
    struct: {
      tasks: [1, 'list<ScheduledTask>'],
    },
  },
  GetJobsResult: {
    struct: {
      configs: [1, 'set<JobConfiguration>'],
    },
  },
  GetQuotaResult: {
    struct: {
      quota: [1, 'ResourceAggregate'],
      prodSharedConsumption: [2, 'ResourceAggregate', 'opt'],
      nonProdSharedConsumption: [3, 'ResourceAggregate', 'opt'],
      prodDedicatedConsumption: [4, 'ResourceAggregate', 'opt'],
      nonProdDedicatedConsumption: [5, 'ResourceAggregate', 'opt'],
    },
  },
  ListBackupsResult: {
    struct: {
      backups: [1, 'set<string>'],
    },
  },
  StartMaintenanceResult: {
    struct: {
      statuses: [1, 'set<HostStatus>'],
    },
  },
  DrainHostsResult: {
    struct: {
      statuses: [1, 'set<HostStatus>'],
    },
  },
  QueryRecoveryResult: {
    struct: {
      tasks: [1, 'set<ScheduledTask>'],
    },
  },
  MaintenanceStatusResult: {
    struct: {
      statuses: [1, 'set<HostStatus>'],
    },
  },
  EndMaintenanceResult: {
    struct: {
      statuses: [1, 'set<HostStatus>'],
    },
  },
  RoleSummaryResult: {
    struct: {
      summaries: [1, 'set<RoleSummary>'],
    },
  },
  JobSummaryResult: {
    struct: {
      summaries: [1, 'set<JobSummary>'],
    },
  },
  ConfigSummaryResult: {
    struct: {
      summary: [1, 'ConfigSummary'],
    },
  },
  GetPendingReasonResult: {
    struct: {
      reasons: [1, 'set<PendingReason>'],
      funnels: [2, 'list<PendingFunnel>', 'opt'],
    },
  },
  /** Not in the original; only sent with slaAware. */
  RestartShardsResult: {
    struct: {
      restarted: [1, 'set<i32>'],
      waiting: [2, 'list<InstanceWait>'],
    },
  },
  /** Not in the original; omits hosts that never had an agent. */
  DrainStatusResult: {
    struct: {
      hosts: [1, 'list<HostDrainStatus>'],
    },
  },
  /** Not in the original. */
  CronJobStatusResult: {
    struct: {
      status: [1, 'CronJobStatus'],
    },
  },
  StartJobUpdateResult: {
    struct: {
      key: [1, 'JobUpdateKey'],
      updateSummary: [2, 'JobUpdateSummary', 'opt'],
    },
  },
  GetJobUpdateSummariesResult: {
    struct: {
      updateSummaries: [1, 'list<JobUpdateSummary>'],
    },
  },
  GetJobUpdateDetailsResult: {
    struct: {
      details: [1, 'JobUpdateDetails', 'unset'],
      detailsList: [2, 'list<JobUpdateDetails>', 'unset'],
    },
  },
  PulseJobUpdateResult: {
    struct: {
      status: [1, 'JobUpdatePulseStatus'],
    },
  },
  GetJobUpdateDiffResult: {
    struct: {
      add: [1, 'set<ConfigGroup>'],
      remove: [2, 'set<ConfigGroup>'],
      update: [3, 'set<ConfigGroup>'],
      unchanged: [4, 'set<ConfigGroup>'],
    },
  },
  GetTierConfigResult: {
    struct: {
      defaultTierName: [1, 'string'],
      tiers: [2, 'set<TierConfig>'],
    },
  },
} as const satisfies Definitions;
