import type { EnumValue } from './types.ts';

type Status = EnumValue<'ScheduleStatus'>;
type UpdateStatus = EnumValue<'JobUpdateStatus'>;

/** The executor that runs thermos configurations. */
export const AURORA_EXECUTOR_NAME = 'AuroraExecutor';
/** Prefix of the task id in that executor's id. */
export const AURORA_EXECUTOR_PREFIX = 'thermos-';
/** Matches roles, environments, job names, users and tiers: ASCII word characters, dash and dot. */
export const GOOD_IDENTIFIER = /^[A-Za-z0-9_\-.]+$/;
/** A request with this header, whatever its value, is also served by a scheduler that does not lead. */
export const BYPASS_LEADER_REDIRECT_HEADER = 'Bypass-Leader-Redirect';
/** Directory in the sandbox under which an image's file system is mounted. */
export const TASK_FILESYSTEM_MOUNT_POINT = 'taskfs';
/** `schemaVersion` of every stored transaction. */
export const CURRENT_SCHEMA_VERSION = 1;

/** Statuses in which a task exists or will exist. INIT is in none of these sets. */
export const ACTIVE_STATES: ReadonlySet<Status> = new Set<Status>([
  'ASSIGNED',
  'DRAINING',
  'KILLING',
  'PENDING',
  'PREEMPTING',
  'RESTARTING',
  'RUNNING',
  'STARTING',
  'PARTITIONED',
  'THROTTLED',
]);

/** Statuses in which a task has an agent. */
export const SLAVE_ASSIGNED_STATES: ReadonlySet<Status> = new Set<Status>([
  'ASSIGNED',
  'DRAINING',
  'KILLING',
  'PREEMPTING',
  'RESTARTING',
  'RUNNING',
  'PARTITIONED',
  'STARTING',
]);

/** Statuses in which a task has running processes. */
export const LIVE_STATES: ReadonlySet<Status> = new Set<Status>([
  'KILLING',
  'PREEMPTING',
  'RESTARTING',
  'DRAINING',
  'PARTITIONED',
  'RUNNING',
]);

/** Statuses of ended tasks. */
export const TERMINAL_STATES: ReadonlySet<Status> = new Set<Status>(['FAILED', 'FINISHED', 'KILLED', 'LOST']);

/** The update holds its job: other changes of the job and a second update are refused. Includes paused updates. */
export const ACTIVE_JOB_UPDATE_STATES: ReadonlySet<UpdateStatus> = new Set<UpdateStatus>([
  'ROLLING_FORWARD',
  'ROLLING_BACK',
  'ROLL_FORWARD_PAUSED',
  'ROLL_BACK_PAUSED',
  'ROLL_FORWARD_AWAITING_PULSE',
  'ROLL_BACK_AWAITING_PULSE',
]);

/** The update waits for a pulse before it continues. */
export const AWAITING_PULSE_JOB_UPDATE_STATES: ReadonlySet<UpdateStatus> = new Set<UpdateStatus>([
  'ROLL_FORWARD_AWAITING_PULSE',
  'ROLL_BACK_AWAITING_PULSE',
]);
