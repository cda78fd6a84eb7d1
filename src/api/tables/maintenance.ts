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
} as const satisfies Definitions;
