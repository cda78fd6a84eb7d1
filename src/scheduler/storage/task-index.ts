import {
  ACTIVE_STATES,
  type JobKey,
  type ScheduledTask,
  type ScheduleStatus,
  SLAVE_ASSIGNED_STATES,
  type TaskConfig,
} from '../../api/index.ts';
import { jobKeyText } from './keys.ts';

/** The tasks of one job, by id; every stored task is in exactly one of the two. */
interface JobTasks {
  readonly key: JobKey;
  /** By instance. */
  readonly active: Map<number, string>;
  /** Ended tasks (and new ones that are not PENDING yet). */
  readonly inactive: Set<string>;
  /** Configurations of the active tasks; most jobs have one. */
  readonly configs: Map<TaskConfig, number>;
  /** See `placement`. */
  placement: number;
}

/**
 * Statuses that few tasks are in at a time, which makes a set of their ids cheap; for the others only the number is
 * kept.
 */
const LISTED: ReadonlySet<ScheduleStatus> = new Set<ScheduleStatus>([
  'INIT',
  'PENDING',
  'THROTTLED',
  'ASSIGNED',
  'STARTING',
  'KILLING',
  'RESTARTING',
  'DRAINING',
  'PREEMPTING',
  'PARTITIONED',
]);

/** Ways to the ids of tasks. Holds ids, not tasks: a change that moves a task nowhere costs nothing here. */
export interface TaskIndex {
  /** Brings the index from one version of a task to the next; undefined stands for "not stored". */
  replace(before: ScheduledTask | undefined, after: ScheduledTask | undefined): void;
  ofJob(job: JobKey): string[];
  activeOf(job: JobKey): Iterable<string>;
  activeConfigsOf(job: JobKey): Iterable<readonly [config: TaskConfig, count: number]>;
  countInactive(job: JobKey): number;
  activeInstance(job: JobKey, instanceId: number): string | undefined;
  /** Another number whenever a task of the job got, or left, its agent. */
  placement(job: JobKey): number;
  onHost(host: string): Iterable<string>;
  /** The ids in the status, or undefined where only the number is kept. */
  inStatus(status: ScheduleStatus): Iterable<string> | undefined;
  countInStatus(status: ScheduleStatus): number;
  jobs(): Iterable<JobKey>;
  jobsOfRole(role: string): Iterable<JobKey>;
  /** The jobs by the text of their key; `ofJobText` is `ofJob` by that text. */
  jobTexts(): Iterable<string>;
  ofJobText(text: string): string[];
  /** How many hosts have, or had, any stored task. */
  countHosts(): number;
}

/** Adds to, and takes from, the sets of a map; empty sets do not stay. */
function addTo<K>(sets: Map<K, Set<string>>, key: K, id: string): void {
  const set = sets.get(key);
  if (set) set.add(id);
  else sets.set(key, new Set([id]));
}

function takeFrom<K>(sets: Map<K, Set<string>>, key: K, id: string): void {
  const set = sets.get(key);
  if (set?.delete(id) && set.size === 0) sets.delete(key);
}

function countConfig({ configs }: JobTasks, config: TaskConfig, by: 1 | -1): void {
  const count = (configs.get(config) ?? 0) + by;
  if (count === 0) configs.delete(config);
  else configs.set(config, count);
}

const agentOf = (task: ScheduledTask | undefined): string | undefined =>
  task && SLAVE_ASSIGNED_STATES.has(task.status) ? task.assignedTask.slaveId : undefined;

type IndexPlace = 'active' | 'inactive';

const placeOf = (task: ScheduledTask | undefined): IndexPlace | undefined =>
  task && (ACTIVE_STATES.has(task.status) ? 'active' : 'inactive');

export function taskIndex(): TaskIndex {
  const jobs = new Map<string, JobTasks>();
  const jobsByRole = new Map<string, Set<string>>();
  const byHost = new Map<string, Set<string>>();
  const byStatus = new Map<ScheduleStatus, Set<string>>();
  const counts = new Map<ScheduleStatus, number>();
  let placements = 0;

  /** Of the keys in stored configurations, which are shared: made once. */
  const texts = new WeakMap<JobKey, string>();
  const textOf = (key: JobKey): string => {
    const known = texts.get(key);
    if (known !== undefined) return known;
    const text = jobKeyText(key);
    texts.set(key, text);
    return text;
  };
  const addJob = (key: JobKey, text: string): JobTasks => {
    const job: JobTasks = { key, active: new Map(), inactive: new Set(), configs: new Map(), placement: 0 };
    jobs.set(text, job);
    addTo(jobsByRole, key.role, text);
    return job;
  };
  const moveOnAgents = (before: ScheduledTask | undefined, after: ScheduledTask | undefined) => {
    if (agentOf(before) === agentOf(after)) return;
    const job = jobs.get(textOf((after ?? before)!.assignedTask.task.job));
    // Counted over all jobs, so that one that was forgotten and came back never shows an old number.
    if (job) job.placement = ++placements;
  };
  const moveInJob = (task: ScheduledTask, from: IndexPlace | undefined, to: IndexPlace | undefined) => {
    if (from === to) return;
    const { taskId, instanceId, task: config } = task.assignedTask;
    const text = textOf(config.job);
    const job = jobs.get(text) ?? addJob(config.job, text);
    if (from === 'inactive') job.inactive.delete(taskId);
    // In the middle of an undo or a replay the instance may already belong to the task that takes its place.
    if (from === 'active' && job.active.get(instanceId) === taskId) job.active.delete(instanceId);
    if (to === 'active') job.active.set(instanceId, taskId);
    if (to === 'inactive') job.inactive.add(taskId);
    if (from === 'active') countConfig(job, config, -1);
    if (to === 'active') countConfig(job, config, 1);
    if (job.active.size > 0 || job.inactive.size > 0) return;
    jobs.delete(text);
    takeFrom(jobsByRole, config.job.role, text);
  };
  const countStatus = (status: ScheduleStatus, by: number) =>
    counts.set(status, (counts.get(status) ?? 0) + by);

  const ofJobText = (text: string): string[] => {
    const job = jobs.get(text);
    return job ? [...job.active.values(), ...job.inactive] : [];
  };

  return {
    replace(before, after) {
      const id = (after ?? before)!.assignedTask.taskId;
      if (before?.status !== after?.status) {
        if (before) {
          countStatus(before.status, -1);
          takeFrom(byStatus, before.status, id);
        }
        if (after) {
          countStatus(after.status, 1);
          if (LISTED.has(after.status)) addTo(byStatus, after.status, id);
        }
      }
      const [oldHost, newHost] = [before?.assignedTask.slaveHost, after?.assignedTask.slaveHost];
      if (oldHost !== newHost) {
        if (oldHost !== undefined) takeFrom(byHost, oldHost, id);
        if (newHost !== undefined) addTo(byHost, newHost, id);
      }
      moveInJob((after ?? before)!, placeOf(before), placeOf(after));
      moveOnAgents(before, after);
    },
    ofJob: (key) => ofJobText(jobKeyText(key)),
    ofJobText,
    jobTexts: () => jobs.keys(),
    countHosts: () => byHost.size,
    activeOf: (key) => jobs.get(jobKeyText(key))?.active.values() ?? [],
    activeConfigsOf: (key) => jobs.get(jobKeyText(key))?.configs ?? [],
    countInactive: (key) => jobs.get(jobKeyText(key))?.inactive.size ?? 0,
    activeInstance: (key, instanceId) => jobs.get(jobKeyText(key))?.active.get(instanceId),
    placement: (key) => jobs.get(textOf(key))?.placement ?? 0,
    onHost: (host) => byHost.get(host) ?? [],
    inStatus: (status) => (LISTED.has(status) ? (byStatus.get(status) ?? []) : undefined),
    countInStatus: (status) => counts.get(status) ?? 0,
    jobs: function* () {
      for (const job of jobs.values()) yield job.key;
    },
    jobsOfRole: function* (role) {
      for (const text of jobsByRole.get(role) ?? []) yield jobs.get(text)!.key;
    },
  };
}
