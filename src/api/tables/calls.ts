import type { Calls } from './definitions.ts';

/**
 * Every call of the three services: its service, its arguments as `name: [id, type]` ('unset': may be omitted), and the
 * member of Result in a successful reply. Missing ids belonged to removed arguments.
 */
export const CALLS = {
  getRoleSummary: { service: 'ReadOnlyScheduler', args: {}, result: 'roleSummaryResult' },
  getJobSummary: {
    service: 'ReadOnlyScheduler',
    args: { role: [1, 'string', 'unset'] },
    result: 'jobSummaryResult',
  },
  getTasksStatus: {
    service: 'ReadOnlyScheduler',
    args: { query: [1, 'TaskQuery'] },
    result: 'scheduleStatusResult',
  },
  getTasksWithoutConfigs: {
    service: 'ReadOnlyScheduler',
    args: { query: [1, 'TaskQuery'] },
    result: 'scheduleStatusResult',
  },
  getPendingReason: {
    service: 'ReadOnlyScheduler',
    args: { query: [1, 'TaskQuery'] },
    result: 'getPendingReasonResult',
  },
  getConfigSummary: {
    service: 'ReadOnlyScheduler',
    args: { job: [1, 'JobKey'] },
    result: 'configSummaryResult',
  },
  getJobs: {
    service: 'ReadOnlyScheduler',
    args: { ownerRole: [1, 'string', 'unset'] },
    result: 'getJobsResult',
  },
  getQuota: { service: 'ReadOnlyScheduler', args: { ownerRole: [1, 'string'] }, result: 'getQuotaResult' },
  populateJobConfig: {
    service: 'ReadOnlyScheduler',
    args: { description: [1, 'JobConfiguration'] },
    result: 'populateJobResult',
  },
  getJobUpdateSummaries: {
    service: 'ReadOnlyScheduler',
    args: { jobUpdateQuery: [1, 'JobUpdateQuery'] },
    result: 'getJobUpdateSummariesResult',
  },
  getJobUpdateDetails: {
    service: 'ReadOnlyScheduler',
    args: { key: [1, 'JobUpdateKey', 'unset'], query: [2, 'JobUpdateQuery', 'unset'] },
    result: 'getJobUpdateDetailsResult',
  },
  getJobUpdateDiff: {
    service: 'ReadOnlyScheduler',
    args: { request: [1, 'JobUpdateRequest'] },
    result: 'getJobUpdateDiffResult',
  },
  /**
   * Not in the original: says what startJobUpdate would do with the request now, without changing anything. A request that
   * breaks a rule by itself is refused as by startJobUpdate; limits, quota and an active update are reported in the plan.
   */
  planJobUpdate: {
    service: 'ReadOnlyScheduler',
    args: { request: [1, 'JobUpdateRequest'] },
    result: 'planJobUpdateResult',
  },
  /** Not in the original: a cron job's next ticks and last runs. */
  getCronJobStatus: {
    service: 'ReadOnlyScheduler',
    args: { job: [1, 'JobKey'] },
    result: 'cronJobStatusResult',
  },
  getTierConfigs: { service: 'ReadOnlyScheduler', args: {}, result: 'getTierConfigResult' },
  createJob: { service: 'AuroraSchedulerManager', args: { description: [1, 'JobConfiguration'] } },
  scheduleCronJob: { service: 'AuroraSchedulerManager', args: { description: [1, 'JobConfiguration'] } },
  replaceCronTemplate: { service: 'AuroraSchedulerManager', args: { config: [1, 'JobConfiguration'] } },
  descheduleCronJob: { service: 'AuroraSchedulerManager', args: { job: [4, 'JobKey'] } },
  startCronJob: { service: 'AuroraSchedulerManager', args: { job: [4, 'JobKey'] } },
  restartShards: {
    service: 'AuroraSchedulerManager',
    args: {
      job: [5, 'JobKey'],
      shardIds: [3, 'set<i32>'],
      /** Not in the original: restart only those instances whose SLA policy allows it now. */
      slaAware: [1000, 'bool', 'unset'],
    },
    result: 'restartShardsResult',
  },
  killTasks: {
    service: 'AuroraSchedulerManager',
    args: { job: [4, 'JobKey'], instances: [5, 'set<i32>', 'unset'], message: [6, 'string', 'unset'] },
  },
  addInstances: { service: 'AuroraSchedulerManager', args: { key: [3, 'InstanceKey'], count: [4, 'i32'] } },
  startJobUpdate: {
    service: 'AuroraSchedulerManager',
    args: { request: [1, 'JobUpdateRequest'], message: [3, 'string', 'unset'] },
    result: 'startJobUpdateResult',
  },
  /**
   * Not in the original: restarts the instances of a service like an update does, in batches, even after the client is
   * gone. Pause, resume, abort and the read calls are those of updates.
   */
  startJobRestart: {
    service: 'AuroraSchedulerManager',
    args: { request: [1, 'JobRestartRequest'], message: [2, 'string', 'unset'] },
    result: 'startJobUpdateResult',
  },
  pauseJobUpdate: {
    service: 'AuroraSchedulerManager',
    args: { key: [1, 'JobUpdateKey'], message: [3, 'string', 'unset'] },
  },
  resumeJobUpdate: {
    service: 'AuroraSchedulerManager',
    args: { key: [1, 'JobUpdateKey'], message: [3, 'string', 'unset'] },
  },
  abortJobUpdate: {
    service: 'AuroraSchedulerManager',
    args: { key: [1, 'JobUpdateKey'], message: [3, 'string', 'unset'] },
  },
  rollbackJobUpdate: {
    service: 'AuroraSchedulerManager',
    args: { key: [1, 'JobUpdateKey'], message: [2, 'string', 'unset'] },
  },
  pulseJobUpdate: {
    service: 'AuroraSchedulerManager',
    args: { key: [1, 'JobUpdateKey'] },
    result: 'pulseJobUpdateResult',
  },
  setQuota: { service: 'AuroraAdmin', args: { ownerRole: [1, 'string'], quota: [2, 'ResourceAggregate'] } },
  forceTaskState: { service: 'AuroraAdmin', args: { taskId: [1, 'string'], status: [2, 'ScheduleStatus'] } },
  performBackup: { service: 'AuroraAdmin', args: {} },
  listBackups: { service: 'AuroraAdmin', args: {}, result: 'listBackupsResult', reads: true },
  stageRecovery: { service: 'AuroraAdmin', args: { backupId: [1, 'string'] } },
  queryRecovery: {
    service: 'AuroraAdmin',
    args: { query: [1, 'TaskQuery'] },
    result: 'queryRecoveryResult',
    reads: true,
  },
  deleteRecoveryTasks: { service: 'AuroraAdmin', args: { query: [1, 'TaskQuery'] } },
  commitRecovery: { service: 'AuroraAdmin', args: {} },
  unloadRecovery: { service: 'AuroraAdmin', args: {} },
  startMaintenance: {
    service: 'AuroraAdmin',
    args: { hosts: [1, 'Hosts'] },
    result: 'startMaintenanceResult',
  },
  drainHosts: { service: 'AuroraAdmin', args: { hosts: [1, 'Hosts'] }, result: 'drainHostsResult' },
  slaDrainHosts: {
    service: 'AuroraAdmin',
    args: { hosts: [1, 'Hosts'], defaultSlaPolicy: [2, 'SlaPolicy'], timeoutSecs: [3, 'i64'] },
    result: 'drainHostsResult',
  },
  maintenanceStatus: {
    service: 'AuroraAdmin',
    args: { hosts: [1, 'Hosts'] },
    result: 'maintenanceStatusResult',
    reads: true,
  },
  /** Not in the original: the tasks that are left on hosts, and what each of them waits for. */
  getDrainStatus: {
    service: 'AuroraAdmin',
    args: { hosts: [1, 'Hosts'] },
    result: 'drainStatusResult',
    reads: true,
  },
  endMaintenance: { service: 'AuroraAdmin', args: { hosts: [1, 'Hosts'] }, result: 'endMaintenanceResult' },
  snapshot: { service: 'AuroraAdmin', args: {} },
  triggerExplicitTaskReconciliation: {
    service: 'AuroraAdmin',
    args: { settings: [1, 'ExplicitReconciliationSettings'] },
  },
  triggerImplicitTaskReconciliation: { service: 'AuroraAdmin', args: {} },
  pruneTasks: { service: 'AuroraAdmin', args: { query: [1, 'TaskQuery'] } },
  /** Not in the original: the tasks as they were at a point in time, epoch milliseconds. */
  getTasksAt: {
    service: 'AuroraAdmin',
    args: { timestampMs: [1, 'i64'], query: [2, 'TaskQuery'] },
    result: 'scheduleStatusResult',
    reads: true,
  },
  /** Not in the original: restores the instances that a job had in a backup. */
  restoreJob: { service: 'AuroraAdmin', args: { backupId: [1, 'string'], job: [2, 'JobKey'] } },
} as const satisfies Calls;

/** Whether a call changes nothing, so that it can always be repeated. */
export const isReadCall = (method: keyof typeof CALLS): boolean =>
  CALLS[method].service === 'ReadOnlyScheduler' || 'reads' in CALLS[method];
