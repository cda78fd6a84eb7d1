import type { Definitions } from './definitions.ts';

/** Maintenance of hosts, and reconciliation. */
export const MAINTENANCE = {
  HostStatus: {
    struct: {
      host: [1, 'string'],
      mode: [2, 'MaintenanceMode'],
    },
  },
  Hosts: {
    struct: {
      hostNames: [1, 'set<string>'],
    },
  },
  HostMaintenanceRequest: {
    struct: {
      host: [1, 'string'],
      defaultSlaPolicy: [2, 'SlaPolicy'],
      timeoutSecs: [3, 'i64'],
      createdTimestampMs: [4, 'i64'],
    },
  },
  ExplicitReconciliationSettings: {
    struct: {
      batchSize: [1, 'i32', 'unset'],
    },
  },
  /** Not in the original: an active task on a host that is being drained. */
  DrainingTask: {
    struct: {
      taskId: [1, 'string'],
      job: [2, 'JobKey'],
      instanceId: [3, 'i32'],
      status: [4, 'ScheduleStatus'],
      /** For people; unset when nothing delays it. */
      waitsFor: [5, 'string', 'unset'],
    },
  },
  /** Not in the original. */
  HostDrainStatus: {
    struct: {
      host: [1, 'string'],
      mode: [2, 'MaintenanceMode'],
      /** When its tasks are killed regardless of their policies, epoch milliseconds; unset when it is not being drained. */
      deadlineMs: [3, 'i64', 'unset'],
      tasks: [4, 'list<DrainingTask>'],
    },
  },
} as const satisfies Definitions;
