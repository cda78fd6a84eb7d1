import type { Definitions } from './definitions.ts';

/** The wrapper of every reply. */
export const ENVELOPE = {
  ServerInfo: {
    struct: {
      clusterName: [1, 'string'],
      statsUrlPrefix: [3, 'string'],
    },
  },
  ResponseDetail: {
    struct: {
      message: [1, 'string', 'unset'],
    },
  },
  Result: {
    union: {
      populateJobResult: [1, 'PopulateJobResult'],
      scheduleStatusResult: [3, 'ScheduleStatusResult'],
      getJobsResult: [4, 'GetJobsResult'],
      getQuotaResult: [5, 'GetQuotaResult'],
      listBackupsResult: [6, 'ListBackupsResult'],
      startMaintenanceResult: [7, 'StartMaintenanceResult'],
      drainHostsResult: [8, 'DrainHostsResult'],
      queryRecoveryResult: [9, 'QueryRecoveryResult'],
      maintenanceStatusResult: [10, 'MaintenanceStatusResult'],
      endMaintenanceResult: [11, 'EndMaintenanceResult'],
      roleSummaryResult: [17, 'RoleSummaryResult'],
      jobSummaryResult: [18, 'JobSummaryResult'],
      configSummaryResult: [20, 'ConfigSummaryResult'],
      getPendingReasonResult: [21, 'GetPendingReasonResult'],
      startJobUpdateResult: [22, 'StartJobUpdateResult'],
      getJobUpdateSummariesResult: [23, 'GetJobUpdateSummariesResult'],
      getJobUpdateDetailsResult: [24, 'GetJobUpdateDetailsResult'],
      pulseJobUpdateResult: [25, 'PulseJobUpdateResult'],
      getJobUpdateDiffResult: [26, 'GetJobUpdateDiffResult'],
      getTierConfigResult: [27, 'GetTierConfigResult'],
      planJobUpdateResult: [1000, 'PlanJobUpdateResult'],
      cronJobStatusResult: [1001, 'CronJobStatusResult'],
      drainStatusResult: [1002, 'DrainStatusResult'],
      restartShardsResult: [1003, 'RestartShardsResult'],
    },
  },
  Response: {
    struct: {
      responseCode: [1, 'ResponseCode'],
      result: [3, 'Result', 'opt'],
      serverInfo: [5, 'ServerInfo', 'unset'],
      details: [6, 'list<ResponseDetail>'],
    },
  },
  /** The body of a reply message; the answer of every call is a Response. */
  'thrift.Reply': {
    struct: {
      success: [0, 'Response', 'unset'],
    },
  },
  /** The body of an exception message. */
  'thrift.ApplicationException': {
    struct: {
      message: [1, 'string', 'unset'],
      type: [2, 'ApplicationExceptionType', 'unset'],
    },
  },
} as const satisfies Definitions;
