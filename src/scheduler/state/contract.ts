import type {
  AssignedTask,
  JobKey,
  MaintenanceMode,
  ScheduledTask,
  ScheduleStatus,
  TaskConfig,
} from '../../api/index.ts';
import type { AgentAttributes, ReadStores, WriteTransaction } from '../storage/index.ts';

/** How an attempt to change a task's status ended. */
export type StateChangeResult =
  | 'SUCCESS'
  /** The task is in that status already; nothing was saved. */
  | 'NOOP'
  | 'ILLEGAL'
  /** Not a transition, but the task must not run: a kill was sent. */
  | 'ILLEGAL_WITH_SIDE_EFFECTS'
  /** There is no such task, or it is in another status than `cas`. */
  | 'INVALID_CAS_STATE';

export interface StateChange {
  readonly taskId: string;
  /** Change only if the stored status still is this one. */
  readonly cas?: ScheduleStatus | undefined;
  readonly to: ScheduleStatus;
  /** Goes into the task event. */
  readonly message?: string | undefined;
  /** Mesos has just said that it has no such task: there is nothing that could be killed. */
  readonly unknownToMesos?: boolean | undefined;
}

export interface TaskAssignment {
  readonly taskId: string;
  readonly slaveId: string;
  readonly slaveHost: string;
  readonly assignedPorts: Readonly<Record<string, number>>;
}

/** Every change of tasks and hosts goes through here. Kills and events leave when the transaction is durable. */
export interface StateManager {
  changeState(tx: WriteTransaction, change: StateChange): StateChangeResult;
  /**
   * Makes one new PENDING task for each instance; returns their ids in the order given.
   * @throws AuroraError COMMAND_FAILED 'Instance ID collision detected.' when an instance has an active task;
   * BAD_PARAMETER when no instances are given.
   */
  insertPendingTasks(tx: WriteTransaction, config: TaskConfig, instanceIds: Iterable<number>): string[];
  /**
   * The same in two steps, so that many tasks can be made in slices ahead of the write that has to be whole: makes the
   * tasks, and changes nothing.
   */
  preparePendingTasks(
    stores: ReadStores,
    config: TaskConfig,
    instanceIds: Iterable<number>,
  ): readonly ScheduledTask[];
  /** Stores all that were prepared for one job; what changed since is judged here. Throws as insertPendingTasks. */
  insertPreparedTasks(tx: WriteTransaction, job: JobKey, prepared: readonly ScheduledTask[]): string[];
  /** PENDING -> ASSIGNED with agent and ports in one step; undefined when the task is not PENDING any more. */
  assignTask(tx: WriteTransaction, assignment: TaskAssignment): AssignedTask | undefined;
  /** Forgets tasks that have ended or are being killed (pruning); others and unknown ids are skipped. Kills nothing. */
  deleteTasks(tx: WriteTransaction, taskIds: Iterable<string>): void;
  /** Saves attributes if they differ from the stored ones, and says so to the subscribers; true when they did. */
  saveHostAttributes(tx: WriteTransaction, attributes: AgentAttributes): boolean;
  /** Puts the host into the mode and says so to the subscribers; false when it is in it already. */
  setHostMode(tx: WriteTransaction, host: string, mode: MaintenanceMode): boolean;
}
