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
 * What the scheduler knows, all of it in memory. Everything handed out is immutable and shared: a change makes new
 * objects, so a value once read stays as it was. The tasks of equal configurations share one TaskConfig object, which
 * makes `a.assignedTask.task === b.assignedTask.task` the test for equality.
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

/** The stores inside a write; every change is undone when the write throws. */
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
   * The tasks that satisfy every restriction of `query`, in no particular order; `offset` and `limit` are the
   * caller's. Goes through the narrowest index: ids, then jobs, hosts, environment and role, status; all tasks only
   * when nothing else restricts. Source: the original's JobUpdateStore.
   */
  find(query: Partial<TaskQuery>): ScheduledTask[];
  /** Every stored task of the job, ended ones too. */
  ofJob(job: JobKey): ScheduledTask[];
  /** Tasks of the job in an active status: at most one an instance. */
  activeOf(job: JobKey): ScheduledTask[];
  /** The configurations of the job's active tasks, each with the number of tasks that have it. */
  activeConfigsOf(job: JobKey): Iterable<readonly [config: TaskConfig, count: number]>;
  /** How many of the job's tasks have ended. */
  countEnded(job: JobKey): number;
  /** The instance's active task, if it has one. */
  activeInstance(job: JobKey, instanceId: number): ScheduledTask | undefined;
  /** Another number whenever a task of the job got, or left, its agent: what was worked out for an equal one holds. */
  placement(job: JobKey): number;
  /** Every stored task that is, or last was, on the host. */
  onHost(host: string): ScheduledTask[];
  /** The tasks in one of these statuses; cheap for all but RUNNING and the terminal ones. */
  inStatus(...statuses: readonly ScheduleStatus[]): ScheduledTask[];
  /** How many tasks are in the status. */
  countInStatus(status: ScheduleStatus): number;
  /** Keys of the jobs that have any task. */
  jobs(): Iterable<JobKey>;
  /** Keys of the role's jobs that have any task. */
  jobsOfRole(role: string): Iterable<JobKey>;
  /** How many hosts any stored task is, or last was, on. */
  countHosts(): number;
  all(): Iterable<ScheduledTask>;
  readonly size: number;
}

export interface WriteTasks extends ReadTasks {
  /**
   * Adds the task or replaces the one of the same id; returns it as stored (with the shared configuration). A task's
   * job, instance and configuration never change after the first save.
   * @throws AuroraError BUG when another task of the instance is active: an instance is never doubled.
   */
  save(task: ScheduledTask): ScheduledTask;
  /** Forgets the task; false when there is none. */
  delete(taskId: string): boolean;
}

export interface ReadCronJobs {
  get(key: JobKey): JobConfiguration | undefined;
  ofRole(role: string): readonly JobConfiguration[];
  all(): Iterable<JobConfiguration>;
}

export interface WriteCronJobs extends ReadCronJobs {
  save(job: JobConfiguration): void;
  delete(key: JobKey): boolean;
}

export interface ReadQuotas {
  get(role: string): ResourceAggregate | undefined;
  all(): Iterable<readonly [role: string, quota: ResourceAggregate]>;
}

export interface WriteQuotas extends ReadQuotas {
  save(role: string, quota: ResourceAggregate): void;
  delete(role: string): boolean;
}

/** What is stored of an agent: its attributes. The maintenance mode is its host's, and kept apart. */
export interface AgentAttributes extends Omit<HostAttributes, 'mode'> {
  readonly mode?: never;
}

export interface ReadHosts {
  /** The attributes of the host's agent; of the one that joined last, when there are several. */
  get(host: string): AgentAttributes | undefined;
  /** One entry for each agent on the host. */
  ofHost(host: string): readonly AgentAttributes[];
  ofAgent(agentId: string): AgentAttributes | undefined;
  /** One entry for each agent. */
  all(): Iterable<AgentAttributes>;
  /** Another number whenever anything here changed. */
  version(): number;
}

export interface WriteHosts extends ReadHosts {
  /** False, and nothing is written, when equal attributes are stored already. */
  save(attributes: AgentAttributes): boolean;
  /** Drops an agent that is gone, unless its host has no other: hosts stay known. */
  forget(agentId: string): boolean;
  /** Drops an agent, and its host with the last one. */
  remove(agentId: string): boolean;
}

/** The maintenance mode of every host, whether agents run there or not. */
export interface ReadModes {
  /** NONE for a host that nobody put into another one. */
  of(host: string): MaintenanceMode;
  /** The hosts in another mode than NONE. */
  all(): Iterable<readonly [host: string, mode: MaintenanceMode]>;
}

export interface WriteModes extends ReadModes {
  /** False, and nothing is written, when the host is in that mode already. */
  set(host: string, mode: MaintenanceMode): boolean;
}

export interface ReadMaintenance {
  get(host: string): HostMaintenanceRequest | undefined;
  all(): Iterable<HostMaintenanceRequest>;
}

export interface WriteMaintenance extends ReadMaintenance {
  save(request: HostMaintenanceRequest): void;
  delete(host: string): boolean;
}

export interface ReadFramework {
  /** The id that Mesos gave us, from the first subscription on. */
  id(): string | undefined;
}

export interface WriteFramework extends ReadFramework {
  saveId(id: string): void;
  /** False when there is none. */
  deleteId(): boolean;
}

/** Where a restored state came from. */
export interface Restoration {
  /** Name of the backup's file. */
  readonly backup: string;
  /** When the backup was taken, epoch milliseconds. */
  readonly takenMs: number;
  /** When it became the state. */
  readonly restoredMs: number;
}

/** Whether this state came out of a backup, and so may know less than Mesos. */
export interface ReadRestoration {
  get(): Restoration | undefined;
}

export interface WriteRestoration extends ReadRestoration {
  save(restoration: Restoration): void;
  /** From now on the state counts as whole. */
  clear(): void;
}

/** Which configuration an update wants its instances to have: the new one, or again the old one. */
export type UpdateDirection = 'forward' | 'back';

/** How far an update came with its instances in a direction, in their order there; counted from 0. */
export interface UpdateProgress {
  readonly direction: UpdateDirection;
  /** So many instances, from the first on, have been taken on. */
  readonly taken: number;
  /** The present batch goes from here ... */
  readonly batchStart: number;
  /** ... to here, which is more than `taken` while it is still being taken on. */
  readonly batchEnd: number;
}

/** What is known of an update beside what the API shows; none of it in what other schedulers stored. */
export interface UpdateRun {
  readonly progress: UpdateProgress | undefined;
  /** When the last pulse came, epoch milliseconds; undefined before the first. */
  readonly lastPulseMs: number | undefined;
  /** Each failed try of an instance in each direction, in the order in which they failed. */
  readonly failures: readonly UpdateFailure[];
}

export interface UpdateFailure {
  readonly direction: UpdateDirection;
  readonly instanceId: number;
}

/** Job updates with their events; `summary.state` is read off the events and kept as they come. */
export interface ReadJobUpdates {
  get(key: JobUpdateKey): JobUpdateDetails | undefined;
  /** The update as it was saved, without its state. */
  update(key: JobUpdateKey): JobUpdate | undefined;
  progress(key: JobUpdateKey): UpdateProgress | undefined;
  lastPulseMs(key: JobUpdateKey): number | undefined;
  /** How often tries of the instance failed in the direction. */
  failuresOf(key: JobUpdateKey, direction: UpdateDirection, instanceId: number): number;
  summary(key: JobUpdateKey): JobUpdateSummary | undefined;
  status(key: JobUpdateKey): JobUpdateStatus | undefined;
  /** The job's update in an active status (paused and waiting ones count). */
  activeOf(job: JobKey): JobUpdateKey | undefined;
  /** Every update in an active status. */
  active(): readonly JobUpdateKey[];
  /** The updates in an active status of all the role's jobs. */
  activeOfRole(role: string): readonly JobUpdate[];
  ofJob(job: JobKey): JobUpdateSummary[];
  summaries(): Iterable<JobUpdateSummary>;
  /** Every update as it is now, each put together when it is asked for, whatever changes meanwhile. */
  view(): readonly (() => StoredUpdate)[];
}

export interface StoredUpdate {
  readonly details: JobUpdateDetails;
  readonly run: UpdateRun;
}

export interface WriteJobUpdates extends ReadJobUpdates {
  /** Adds an update or replaces its instructions; its events stay. */
  save(update: JobUpdate): void;
  /** @throws AuroraError BUG when there is no such update (also those below). */
  addEvent(key: JobUpdateKey, event: JobUpdateEvent): void;
  addInstanceEvent(key: JobUpdateKey, event: JobInstanceUpdateEvent): void;
  saveProgress(key: JobUpdateKey, progress: UpdateProgress): void;
  savePulse(key: JobUpdateKey, pulseMs: number): void;
  addFailure(key: JobUpdateKey, direction: UpdateDirection, instanceId: number): void;
  delete(key: JobUpdateKey): boolean;
}
