import type { EnumValue } from './types.ts';

type Status = EnumValue<'ScheduleStatus'>;
type UpdateStatus = EnumValue<'JobUpdateStatus'>;

/** The executor that runs thermos configurations. */
export const AURORA_EXECUTOR_NAME = 'AuroraExecutor';
/** Before the task's id in the id of that executor. */
export const AURORA_EXECUTOR_PREFIX = 'thermos-';
/** Roles, environments, job names, users and tiers: ASCII word characters, dash and dot. */
export const GOOD_IDENTIFIER = /^[A-Za-z0-9_\-.]+$/;
/** A request with this header, whatever its value, is served by an instance that does not lead, too. */
export const BYPASS_LEADER_REDIRECT_HEADER = 'Bypass-Leader-Redirect';
/** Directory in the sandbox under which an image's file system is mounted. */
export const TASK_FILESYSTEM_MOUNT_POINT = 'taskfs';
/** `schemaVersion` of every stored transaction. */
export const CURRENT_SCHEMA_VERSION = 1;

/** The task exists or is on its way; INIT is in none of these sets. */
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

/** The task has an agent. */
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

/** The task has processes that run. */
export const LIVE_STATES: ReadonlySet<Status> = new Set<Status>([
  'KILLING',
  'PREEMPTING',
  'RESTARTING',
  'DRAINING',
  'PARTITIONED',
  'RUNNING',
]);

/** The task is over. */
export const TERMINAL_STATES: ReadonlySet<Status> = new Set<Status>(['FAILED', 'FINISHED', 'KILLED', 'LOST']);

/** The update holds its job: mutations of the job are refused, a second update too. Paused updates count. */
export const ACTIVE_JOB_UPDATE_STATES: ReadonlySet<UpdateStatus> = new Set<UpdateStatus>([
  'ROLLING_FORWARD',
  'ROLLING_BACK',
  'ROLL_FORWARD_PAUSED',
  'ROLL_BACK_PAUSED',
  'ROLL_FORWARD_AWAITING_PULSE',
  'ROLL_BACK_AWAITING_PULSE',
]);

/** The update waits for a pulse before it goes on. */
export const AWAITING_PULSE_JOB_UPDATE_STATES: ReadonlySet<UpdateStatus> = new Set<UpdateStatus>([
  'ROLL_FORWARD_AWAITING_PULSE',
  'ROLL_BACK_AWAITING_PULSE',
]);
