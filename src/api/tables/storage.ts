import type { Definitions } from './definitions.ts';

/** The contents of snapshots, backups and log entries. Source: the original's storage.thrift. */
export const STORAGE = {
  'storage.SaveFrameworkId': {
    struct: {
      id: [1, 'string'],
    },
  },
  'storage.SaveCronJob': {
    struct: {
      jobConfig: [2, 'JobConfiguration'],
    },
  },
  'storage.SaveLock': {
    struct: {
      lock: [1, 'Lock'],
    },
  },
  'storage.RemoveLock': {
    struct: {
      lockKey: [1, 'LockKey'],
    },
  },
  'storage.RemoveJob': {
    struct: {
      jobKey: [2, 'JobKey'],
    },
  },
  'storage.SaveTasks': {
    struct: {
      tasks: [1, 'set<ScheduledTask>'],
    },
  },
  'storage.RemoveTasks': {
    struct: {
      taskIds: [1, 'set<string>'],
    },
  },
  'storage.SaveQuota': {
    struct: {
      role: [1, 'string'],
      quota: [2, 'ResourceAggregate'],
    },
  },
  'storage.RemoveQuota': {
    struct: {
      role: [1, 'string'],
    },
  },
  'storage.SaveHostAttributes': {
    struct: {
      hostAttributes: [1, 'HostAttributes'],
    },
  },
  'storage.SaveJobUpdate': {
    struct: {
      jobUpdate: [1, 'JobUpdate'],
    },
  },
  'storage.RemoveJobUpdates': {
    struct: {
      keys: [1, 'set<JobUpdateKey>'],
    },
  },
  'storage.StoredJobUpdateDetails': {
    struct: {
      details: [1, 'JobUpdateDetails'],
      /** Not in the original, which ignores it. */
      run: [1000, 'storage.JobUpdateRun', 'unset'],
    },
  },
  /** The progress of an update beyond what its events say. */
  'storage.JobUpdateRun': {
    struct: {
      progress: [1, 'storage.JobUpdateProgress', 'unset'],
      lastPulseMs: [2, 'i64', 'unset'],
      /** Instance ids of failed tries; for tries during a rollback their bitwise complements (negative). */
      failures: [3, 'list<i32>'],
    },
  },
  'storage.JobUpdateProgress': {
    struct: {
      rollingBack: [1, 'bool'],
      taken: [2, 'i32'],
      batchStart: [3, 'i32'],
      batchEnd: [4, 'i32'],
    },
  },
  'storage.SaveJobUpdateEvent': {
    struct: {
      event: [1, 'JobUpdateEvent'],
      key: [3, 'JobUpdateKey'],
    },
  },
  'storage.SaveJobInstanceUpdateEvent': {
    struct: {
      event: [1, 'JobInstanceUpdateEvent'],
      key: [3, 'JobUpdateKey'],
    },
  },
  'storage.PruneJobUpdateHistory': {
    struct: {
      perJobRetainCount: [1, 'i32'],
      historyPruneThresholdMs: [2, 'i64'],
    },
  },
  'storage.SaveHostMaintenanceRequest': {
    struct: {
      hostMaintenanceRequest: [1, 'HostMaintenanceRequest'],
    },
  },
  'storage.RemoveHostMaintenanceRequest': {
    struct: {
      host: [1, 'string'],
    },
  },
  'storage.Op': {
    union: {
      saveFrameworkId: [1, 'storage.SaveFrameworkId'],
      saveCronJob: [2, 'storage.SaveCronJob'],
      removeJob: [5, 'storage.RemoveJob'],
      saveTasks: [6, 'storage.SaveTasks'],
      removeTasks: [7, 'storage.RemoveTasks'],
      saveQuota: [8, 'storage.SaveQuota'],
      removeQuota: [9, 'storage.RemoveQuota'],
      saveHostAttributes: [10, 'storage.SaveHostAttributes'],
      saveLock: [12, 'storage.SaveLock'],
      removeLock: [13, 'storage.RemoveLock'],
      saveJobUpdate: [14, 'storage.SaveJobUpdate'],
      saveJobUpdateEvent: [15, 'storage.SaveJobUpdateEvent'],
      saveJobInstanceUpdateEvent: [16, 'storage.SaveJobInstanceUpdateEvent'],
      pruneJobUpdateHistory: [17, 'storage.PruneJobUpdateHistory'],
      removeJobUpdate: [18, 'storage.RemoveJobUpdates'],
      saveHostMaintenanceRequest: [19, 'storage.SaveHostMaintenanceRequest'],
      removeHostMaintenanceRequest: [20, 'storage.RemoveHostMaintenanceRequest'],
    },
  },
  'storage.Transaction': {
    struct: {
      ops: [1, 'list<storage.Op>'],
      schemaVersion: [2, 'i32'],
    },
  },
  'storage.StoredCronJob': {
    struct: {
      jobConfiguration: [3, 'JobConfiguration'],
    },
  },
  'storage.SchedulerMetadata': {
    struct: {
      frameworkId: [1, 'string'],
      details: [8, 'map<string,string>'],
    },
  },
  'storage.QuotaConfiguration': {
    struct: {
      role: [1, 'string'],
      quota: [2, 'ResourceAggregate'],
    },
  },
  'storage.Snapshot': {
    struct: {
      timestamp: [1, 'i64'],
      hostAttributes: [3, 'set<HostAttributes>'],
      tasks: [4, 'set<ScheduledTask>'],
      cronJobs: [5, 'set<storage.StoredCronJob>'],
      schedulerMetadata: [6, 'storage.SchedulerMetadata'],
      quotaConfigurations: [8, 'set<storage.QuotaConfiguration>'],
      jobUpdateDetails: [10, 'set<storage.StoredJobUpdateDetails>'],
      hostMaintenanceRequests: [13, 'set<HostMaintenanceRequest>'],
    },
  },
  'storage.FrameHeader': {
    struct: {
      chunkCount: [1, 'i32'],
      checksum: [2, 'binary'],
    },
  },
  'storage.FrameChunk': {
    struct: {
      data: [2, 'binary'],
    },
  },
  'storage.Frame': {
    union: {
      header: [1, 'storage.FrameHeader'],
      chunk: [2, 'storage.FrameChunk'],
    },
  },
  'storage.DeduplicatedScheduledTask': {
    struct: {
      partialScheduledTask: [1, 'ScheduledTask'],
      taskConfigId: [2, 'i32'],
    },
  },
  'storage.DeduplicatedSnapshot': {
    struct: {
      partialSnapshot: [1, 'storage.Snapshot'],
      partialTasks: [2, 'list<storage.DeduplicatedScheduledTask>'],
      taskConfigs: [3, 'list<TaskConfig>'],
    },
  },
  'storage.LogEntry': {
    union: {
      snapshot: [1, 'storage.Snapshot'],
      transaction: [2, 'storage.Transaction'],
      noop: [3, 'bool'],
      frame: [4, 'storage.Frame'],
      deflatedEntry: [5, 'binary'],
      deduplicatedSnapshot: [6, 'storage.DeduplicatedSnapshot'],
    },
  },
} as const satisfies Definitions;
