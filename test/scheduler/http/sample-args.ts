import { CALLS, type Call, type CallName, ENUMS } from '../../../src/api/index.ts';
import { JOB, wireConfig, wireJob } from '../builders.ts';

const NEW = { ...JOB, name: 'new' };
const UPDATE = { job: JOB, id: 'update-1' };
const BACKUP = 'scheduler-backup-2026-01-01-00-00';
export const RUNNING = 'running';

/** A value for an argument by its name or, when many calls have it, by its type; new calls find theirs here. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  backupId: BACKUP,
  taskId: RUNNING,
  message: 'why',
  ownerRole: JOB.role,
  timeoutSecs: 60n,
  count: 1,
};
const BY_TYPE: Readonly<Record<string, unknown>> = {
  JobConfiguration: wireJob({ key: NEW, instanceCount: 2, taskConfig: wireConfig({ job: NEW }) }),
  JobKey: JOB,
  'set<i32>': [0],
  InstanceKey: { jobKey: JOB, instanceId: 0 },
  JobUpdateKey: UPDATE,
  JobUpdateRequest: {
    taskConfig: wireConfig({ priority: 5 }),
    instanceCount: 1,
    settings: {
      updateGroupSize: 1,
      maxPerInstanceFailures: 0,
      maxFailedInstances: 0,
      minWaitInInstanceRunningMs: 0,
    },
  },
  JobRestartRequest: {
    job: JOB,
    instances: [],
    settings: {
      updateGroupSize: 1,
      maxPerInstanceFailures: 0,
      maxFailedInstances: 0,
      minWaitInInstanceRunningMs: 0,
    },
  },
  ResourceAggregate: { resources: [{ numCpus: 100 }, { ramMb: 100_000 }, { diskMb: 100_000 }] },
  ScheduleStatus: 'LOST',
  Hosts: { hostNames: ['host-a'] },
  SlaPolicy: { countSlaPolicy: { count: 0, durationSecs: 0 } },
  TaskQuery: {},
  JobUpdateQuery: {},
  ExplicitReconciliationSettings: {},
  string: 'text',
  i32: 1,
  i64: 1n,
  bool: true,
};
/** Where the general value would be refused. */
const BY_CALL: Readonly<Partial<Record<CallName, object>>> = {
  scheduleCronJob: {
    description: wireJob({
      key: NEW,
      cronSchedule: '* * * * *',
      taskConfig: wireConfig({ job: NEW, isService: false }),
    }),
  },
  pruneTasks: { query: { statuses: ['FINISHED'] } },
};

/** Arguments that every call takes. */
export function argsOf(method: CallName): Call['args'] {
  const given: Record<string, unknown> = {};
  for (const [name, [, type]] of Object.entries(CALLS[method].args)) {
    const value = BY_NAME[name] ?? BY_TYPE[type];
    if (value === undefined && !(type in ENUMS))
      throw new Error(`${method}: say in this file what ${name} (${type}) is`);
    given[name] = value;
  }
  return { ...given, ...BY_CALL[method] } as Call['args'];
}
