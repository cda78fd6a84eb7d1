import type {
  HostAttributes,
  HostMaintenanceRequest,
  JobConfiguration,
  JobInstanceUpdateEvent,
  JobKey,
  JobUpdate,
  JobUpdateDetails,
  JobUpdateEvent,
  JobUpdateKey,
  JobUpdateStatus,
  JobUpdateSummary,
  MaintenanceMode,
  ResourceAggregate,
  ScheduledTask,
  ScheduleStatus,
  TaskConfig,
  TaskQuery,
} from '../../api/index.ts';
import type { ReadCronProgress, WriteCronProgress } from './cron-progress-store.ts';

/**
 * What the scheduler knows, all of it in memory. Values handed out are immutable and shared: a change makes new
 * objects, so a value that was read never changes. Tasks with equal configurations share one TaskConfig object, so
 * `a.assignedTask.task === b.assignedTask.task` tests for equality.
 */
export interface ReadStores {
  readonly tasks: ReadTasks;
  readonly cronJobs: ReadCronJobs;
  readonly cronProgress: ReadCronProgress;
  readonly quotas: ReadQuotas;
  readonly hosts: ReadHosts;
  readonly modes: ReadModes;
  readonly jobUpdates: ReadJobUpdates;
  readonly maintenance: ReadMaintenance;
  readonly framework: ReadFramework;
  readonly restoration: ReadRestoration;
}

/** The stores inside a write; every change is undone if the write throws. */
export interface WriteStores extends ReadStores {
  readonly tasks: WriteTasks;
  readonly cronJobs: WriteCronJobs;
  readonly cronProgress: WriteCronProgress;
  readonly quotas: WriteQuotas;
  readonly hosts: WriteHosts;
  readonly modes: WriteModes;
  readonly jobUpdates: WriteJobUpdates;
  readonly maintenance: WriteMaintenance;
  readonly framework: WriteFramework;
  readonly restoration: WriteRestoration;
}

export interface ReadTasks {
  get(taskId: string): ScheduledTask | undefined;
  /**
   * The tasks that satisfy every restriction of `query`, in no particular order; `offset` and `limit` are left to the
   * caller. Uses the narrowest index: ids, then jobs, hosts, environment and role, status; goes through all tasks only
   * when nothing else restricts the query. Source: the original's TaskStore.
   */
  find(query: Partial<TaskQuery>): ScheduledTask[];
  /** Every stored task of the job, including ended ones. */
  ofJob(job: JobKey): ScheduledTask[];
  /** Tasks of the job in an active status: at most one for each instance. */
  activeOf(job: JobKey): ScheduledTask[];
  /** The configurations of the job's active tasks, each with the number of tasks that have it. */
  activeConfigsOf(job: JobKey): Iterable<readonly [config: TaskConfig, count: number]>;
  /** How many of the job's tasks have ended. */
  countEnded(job: JobKey): number;
  /** The instance's active task, if there is one. */
  activeInstance(job: JobKey, instanceId: number): ScheduledTask | undefined;
  /**
   * A number that changes whenever a task of the job gets or leaves an agent: what was computed for an equal number
   * still holds.
   */
  placement(job: JobKey): number;
  /** Every stored task that is, or last was, on the host. */
  onHost(host: string): ScheduledTask[];
  /** The tasks in one of these statuses; cheap for all statuses except RUNNING and the terminal ones. */
  inStatus(...statuses: readonly ScheduleStatus[]): ScheduledTask[];
  /** How many tasks are in the status. */
  countInStatus(status: ScheduleStatus): number;
  /** Keys of the jobs that have any stored task. */
  jobs(): Iterable<JobKey>;
  /** Keys of the role's jobs that have any stored task. */
  jobsOfRole(role: string): Iterable<JobKey>;
  countJobs(): number;
  /** Number of hosts that any stored task is, or last was, on. */
  countHosts(): number;
  all(): Iterable<ScheduledTask>;
  readonly size: number;
}

export interface WriteTasks extends ReadTasks {
  /**
   * Adds the task, or replaces the one with the same id. Returns it as stored (with the shared configuration). A task's
   * job, instance and configuration never change after the first save.
   * @throws AuroraError BUG when another task of the instance is active: an instance never has two.
   */
  save(task: ScheduledTask): ScheduledTask;
  /** Deletes the task; false when there is none. */
  delete(taskId: string): boolean;
}

export interface ReadCronJobs {
  get(key: JobKey): JobConfiguration | undefined;
  ofRole(role: string): readonly JobConfiguration[];
  all(): Iterable<JobConfiguration>;
  readonly size: number;
  /** A number that changes whenever anything here changes. */
  version(): number;
}

export interface WriteCronJobs extends ReadCronJobs {
  save(job: JobConfiguration): void;
  delete(key: JobKey): boolean;
}

export interface ReadQuotas {
  get(role: string): ResourceAggregate | undefined;
  all(): Iterable<readonly [role: string, quota: ResourceAggregate]>;
  readonly size: number;
}

export interface WriteQuotas extends ReadQuotas {
  save(role: string, quota: ResourceAggregate): void;
  delete(role: string): boolean;
}

/** What is stored for an agent: its attributes. The maintenance mode belongs to the host and is stored apart. */
export interface AgentAttributes extends Omit<HostAttributes, 'mode'> {
  readonly mode?: never;
}

export interface ReadHosts {
  /** The attributes of the host's agent; when there are several, of the one that joined last. */
  get(host: string): AgentAttributes | undefined;
  /** One entry for each agent on the host. */
  ofHost(host: string): readonly AgentAttributes[];
  ofAgent(agentId: string): AgentAttributes | undefined;
  /** One entry for each agent. */
  all(): Iterable<AgentAttributes>;
  /** Number of agents. */
  readonly size: number;
  /** A number that changes whenever anything here changes. */
  version(): number;
}

export interface WriteHosts extends ReadHosts {
  /** False, and writes nothing, when equal attributes are stored already. */
  save(attributes: AgentAttributes): boolean;
  /** Removes an agent that is gone, unless it is the host's only one: hosts stay known. */
  forget(agentId: string): boolean;
  /** Removes an agent; with its last agent, the host is no longer known. */
  remove(agentId: string): boolean;
}

/** The maintenance mode of every host, whether it runs agents or not. */
export interface ReadModes {
  /** NONE for a host whose mode was never set. */
  of(host: string): MaintenanceMode;
  /** The hosts in a mode other than NONE. */
  all(): Iterable<readonly [host: string, mode: MaintenanceMode]>;
}

export interface WriteModes extends ReadModes {
  /** False, and writes nothing, when the host is in that mode already. */
  set(host: string, mode: MaintenanceMode): boolean;
}

export interface ReadMaintenance {
  get(host: string): HostMaintenanceRequest | undefined;
  all(): Iterable<HostMaintenanceRequest>;
  readonly size: number;
}

export interface WriteMaintenance extends ReadMaintenance {
  save(request: HostMaintenanceRequest): void;
  delete(host: string): boolean;
}

export interface ReadFramework {
  /** The id that Mesos gave us; set from the first subscription on. */
  id(): string | undefined;
}

export interface WriteFramework extends ReadFramework {
  saveId(id: string): void;
  /** False when there is none. */
  deleteId(): boolean;
}

/** Which backup the state was restored from. */
export interface Restoration {
  /** Name of the backup's file. */
  readonly backup: string;
  /** When the backup was taken, epoch milliseconds. */
  readonly takenMs: number;
  /** When the backup became the state, epoch milliseconds. */
  readonly restoredMs: number;
}

/** Whether this state was restored from a backup, and so may lack tasks that Mesos knows. */
export interface ReadRestoration {
  get(): Restoration | undefined;
}

export interface WriteRestoration extends ReadRestoration {
  save(restoration: Restoration): void;
  /** From now on the state counts as complete. */
  clear(): void;
}

/** Which configuration an update gives its instances: the new one (forward), or the old one again (back). */
export type UpdateDirection = 'forward' | 'back';

/** How far an update has come in one direction; positions in the list of its instances, counted from 0. */
export interface UpdateProgress {
  readonly direction: UpdateDirection;
  /** So many instances, from the first on, have been started on. */
  readonly taken: number;
  /** The current batch begins at this position ... */
  readonly batchStart: number;
  /** ... and ends before this one, which is more than `taken` while instances of the batch are still to be started on. */
  readonly batchEnd: number;
}

/** What is known of an update besides what the API shows; states written by other schedulers have none of it. */
export interface UpdateRun {
  readonly progress: UpdateProgress | undefined;
  /** When the last pulse came, epoch milliseconds; undefined before the first. */
  readonly lastPulseMs: number | undefined;
  /** Every failed try of an instance in a direction, in the order of the failures. */
  readonly failures: readonly UpdateFailure[];
}

export interface UpdateFailure {
  readonly direction: UpdateDirection;
  readonly instanceId: number;
}

/** Job updates with their events; `summary.state` is derived from the events. */
export interface ReadJobUpdates {
  get(key: JobUpdateKey): JobUpdateDetails | undefined;
  /** The update as it was saved, without its state. */
  update(key: JobUpdateKey): JobUpdate | undefined;
  progress(key: JobUpdateKey): UpdateProgress | undefined;
  lastPulseMs(key: JobUpdateKey): number | undefined;
  /** How often the instance failed in this direction. */
  failuresOf(key: JobUpdateKey, direction: UpdateDirection, instanceId: number): number;
  summary(key: JobUpdateKey): JobUpdateSummary | undefined;
  status(key: JobUpdateKey): JobUpdateStatus | undefined;
  /** The job's update in an active status (including paused and waiting ones). */
  activeOf(job: JobKey): JobUpdateKey | undefined;
  /** All updates in an active status. */
  active(): readonly JobUpdateKey[];
  /** The updates in an active status of all jobs of the role. */
  activeOfRole(role: string): readonly JobUpdate[];
  ofJob(job: JobKey): JobUpdateSummary[];
  summaries(): Iterable<JobUpdateSummary>;
  readonly size: number;
  /** All updates as they are now; each function builds its update when called, whatever changed meanwhile. */
  view(): readonly (() => StoredUpdate)[];
}

export interface StoredUpdate {
  readonly details: JobUpdateDetails;
  readonly run: UpdateRun;
}

export interface WriteJobUpdates extends ReadJobUpdates {
  /** Adds an update or replaces its instructions; its events are kept. */
  save(update: JobUpdate): void;
  /** @throws AuroraError BUG when there is no such update (this holds for the methods below, too). */
  addEvent(key: JobUpdateKey, event: JobUpdateEvent): void;
  addInstanceEvent(key: JobUpdateKey, event: JobInstanceUpdateEvent): void;
  saveProgress(key: JobUpdateKey, progress: UpdateProgress): void;
  savePulse(key: JobUpdateKey, pulseMs: number): void;
  addFailure(key: JobUpdateKey, direction: UpdateDirection, instanceId: number): void;
  delete(key: JobUpdateKey): boolean;
}
