import type {
  AssignedTask,
  JobKey,
  MaintenanceMode,
  ScheduledTask,
  ScheduleStatus,
  TaskConfig,
} from '../../api/index.ts';
import type { AgentAttributes, ReadStores, WriteTransaction } from '../storage/index.ts';

/** The outcome of an attempt to change a task's status. */
export type StateChangeResult =
  | 'SUCCESS'
  /** The task already has that status; nothing was saved. */
  | 'NOOP'
  | 'ILLEGAL'
  /** The change is not allowed, and since the task must not run, a kill was sent. */
  | 'ILLEGAL_WITH_SIDE_EFFECTS'
  /** There is no such task, or its status is not `cas`. */
  | 'INVALID_CAS_STATE';

export interface StateChange {
  readonly taskId: string;
  /** Change only if the stored status is this one. */
  readonly cas?: ScheduleStatus | undefined;
  readonly to: ScheduleStatus;
  /** The message of the task event. */
  readonly message?: string | undefined;
  /** Mesos has just said that it does not know the task, so there is nothing to kill. */
  readonly unknownToMesos?: boolean | undefined;
}

export interface TaskAssignment {
  readonly taskId: string;
  readonly slaveId: string;
  readonly slaveHost: string;
  readonly assignedPorts: Readonly<Record<string, number>>;
}

/** The only way to change tasks and hosts. Kills and events are sent once the transaction is durable. */
export interface StateManager {
  changeState(tx: WriteTransaction, change: StateChange): StateChangeResult;
  /**
   * Creates one new PENDING task for each instance; returns their ids in the given order.
   * @throws AuroraError COMMAND_FAILED 'Instance ID collision detected.' when an instance has an active task;
   * BAD_PARAMETER when no instances are given
   */
  insertPendingTasks(tx: WriteTransaction, config: TaskConfig, instanceIds: Iterable<number>): string[];
  /**
   * The first of two steps that replace insertPendingTasks: creates the tasks without changing anything, so that many
   * tasks can be prepared in slices before the one write.
   */
  preparePendingTasks(
    stores: ReadStores,
    config: TaskConfig,
    instanceIds: Iterable<number>,
  ): readonly ScheduledTask[];
  /**
   * The second step: stores all tasks prepared for one job, checked against the current state. Throws as insertPendingTasks.
   */
  insertPreparedTasks(tx: WriteTransaction, job: JobKey, prepared: readonly ScheduledTask[]): string[];
  /** Moves a task from PENDING to ASSIGNED and sets agent and ports; undefined when the task is no longer PENDING. */
  assignTask(tx: WriteTransaction, assignment: TaskAssignment): AssignedTask | undefined;
  /** Forgets tasks that have ended or are being killed (pruning); skips others and unknown ids. Kills nothing. */
  deleteTasks(tx: WriteTransaction, taskIds: Iterable<string>): void;
  /** Saves attributes if they differ from the stored ones, and publishes the change; returns whether they differed. */
  saveHostAttributes(tx: WriteTransaction, attributes: AgentAttributes): boolean;
  /** Sets the host's mode and publishes the change; returns false when the host already has that mode. */
  setHostMode(tx: WriteTransaction, host: string, mode: MaintenanceMode): boolean;
}
