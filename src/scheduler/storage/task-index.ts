import {
  ACTIVE_STATES,
  type JobKey,
  type ScheduledTask,
  type ScheduleStatus,
  SLAVE_ASSIGNED_STATES,
  type TaskConfig,
} from '../../api/index.ts';
import { jobKeyText } from './keys.ts';
import { type SetsBy, setsBy } from './sets-by.ts';

/** The tasks of one job; every stored task is in exactly one of `active` and `inactive`. */
interface JobTasks {
  readonly key: JobKey;
  /** By instance. Holds the tasks themselves, because nearly all readers ask for these. */
  readonly active: Map<number, ScheduledTask>;
  /** Ids of ended tasks (and of new ones that are not PENDING yet), by instance. */
  readonly inactive: SetsBy<number, string>;
  countInactive: number;
  /** Configurations of the active tasks, with the number of tasks of each; most jobs have one. */
  readonly configs: Map<TaskConfig, number>;
  /** See `TaskIndex.placement`. */
  placement: number;
}

/**
 * Statuses that only few tasks have at a time, so that a set of their ids is cheap; for the other statuses only the number
 * of tasks is kept. Those that tasks pass through one after the other share a set: a task that starts enters two of them
 * and not four.
 */
const LISTED: readonly (readonly ScheduleStatus[])[] = [
  ['INIT', 'PENDING', 'THROTTLED'],
  ['ASSIGNED', 'STARTING'],
  ['KILLING', 'RESTARTING', 'DRAINING', 'PREEMPTING', 'PARTITIONED'],
];

/**
 * Indexes over the stored tasks. Except for active tasks of jobs, they hold ids, so that a change which leaves a task
 * where it is costs nothing.
 */
export interface TaskIndex {
  /** Updates the index from one version of a task to the next; undefined means "not stored". */
  replace(before: ScheduledTask | undefined, after: ScheduledTask | undefined): void;
  ofJob(job: JobKey): ScheduledTask[];
  /** The stored tasks among these ids. */
  present(ids: Iterable<string>): ScheduledTask[];
  /** Active and ended tasks of the instance. */
  ofInstance(job: JobKey, instanceId: number): ScheduledTask[];
  activeOf(job: JobKey): ScheduledTask[];
  activeConfigsOf(job: JobKey): Iterable<readonly [config: TaskConfig, count: number]>;
  countInactive(job: JobKey): number;
  activeInstance(job: JobKey, instanceId: number): ScheduledTask | undefined;
  /** A number that changes whenever a task of the job gets or leaves an agent. */
  placement(job: JobKey): number;
  onHost(host: string): ScheduledTask[];
  /** The tasks in the status; undefined for a status of which only the number is kept. */
  inStatus(status: ScheduleStatus): ScheduledTask[] | undefined;
  countInStatus(status: ScheduleStatus): number;
  jobs(): Iterable<JobKey>;
  jobsOfRole(role: string): Iterable<JobKey>;
  countJobs(): number;
  /** Keys of the jobs as text; `ofJobText` is `ofJob` by such a text. */
  jobTexts(): Iterable<string>;
  ofJobText(text: string): ScheduledTask[];
  /** Number of hosts that any stored task is, or last was, on. */
  countHosts(): number;
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

const setFor = (group: readonly ScheduleStatus[]): [ScheduleStatus, Set<string>][] => {
  const ids = new Set<string>();
  return group.map((status) => [status, ids]);
};

/** @param taskOf finds the stored task with that id. */
export function taskIndex(taskOf: (id: string) => ScheduledTask | undefined): TaskIndex {
  const jobs = new Map<string, JobTasks>();
  const jobsByRole = setsBy<string, string>();
  const byHost = setsBy<string, string>();
  const listed = new Map(LISTED.flatMap((group) => setFor(group)));
  const counts = new Map<ScheduleStatus, number>();
  let placements = 0;

  /** Texts of the job keys in stored configurations; those objects are shared, so each text is made once. */
  const texts = new WeakMap<JobKey, string>();
  const textOf = (key: JobKey): string => {
    const known = texts.get(key);
    if (known !== undefined) return known;
    const text = jobKeyText(key);
    texts.set(key, text);
    return text;
  };
  /** For keys that may come from callers: their texts are not remembered. */
  const jobOf = (key: JobKey): JobTasks | undefined => jobs.get(texts.get(key) ?? jobKeyText(key));
  const addJob = (key: JobKey, text: string): JobTasks => {
    const job: JobTasks = {
      key,
      active: new Map(),
      inactive: setsBy(),
      countInactive: 0,
      configs: new Map(),
      placement: 0,
    };
    jobs.set(text, job);
    jobsByRole.add(key.role, text);
    return job;
  };
  const moveOnAgents = (before: ScheduledTask | undefined, after: ScheduledTask | undefined) => {
    if (agentOf(before) === agentOf(after)) return;
    const job = jobs.get(textOf((after ?? before)!.assignedTask.task.job));
    // Counted over all jobs, so that a job that was dropped and comes back never shows an old number.
    if (job) job.placement = ++placements;
  };
  const present = (ids: Iterable<string>): ScheduledTask[] => {
    const found: ScheduledTask[] = [];
    for (const id of ids) {
      const task = taskOf(id);
      if (task) found.push(task);
    }
    return found;
  };
  const moveInJob = (task: ScheduledTask, from: IndexPlace | undefined, to: IndexPlace | undefined) => {
    if (from === to && to === 'inactive') return;
    const { taskId, instanceId, task: config } = task.assignedTask;
    const text = textOf(config.job);
    const job = jobs.get(text) ?? addJob(config.job, text);
    if (from === 'inactive') {
      job.inactive.remove(instanceId, taskId);
      job.countInactive--;
    }
    // During an undo or a replay, the instance may already belong to the task that takes its place.
    const holds = from === 'active' && job.active.get(instanceId)?.assignedTask.taskId === taskId;
    if (from === to) {
      if (holds) job.active.set(instanceId, task);
      return;
    }
    if (holds) job.active.delete(instanceId);
    if (to === 'active') job.active.set(instanceId, task);
    if (to === 'inactive') {
      job.inactive.add(instanceId, taskId);
      job.countInactive++;
    }
    if (from === 'active') countConfig(job, config, -1);
    if (to === 'active') countConfig(job, config, 1);
    if (job.active.size > 0 || job.countInactive > 0) return;
    jobs.delete(text);
    jobsByRole.remove(config.job.role, text);
  };
  const inStatus = (status: ScheduleStatus): ScheduledTask[] | undefined => {
    const ids = listed.get(status);
    return ids && (counts.get(status) ? present(ids).filter((task) => task.status === status) : []);
  };
  const countStatus = (status: ScheduleStatus, by: number) =>
    counts.set(status, (counts.get(status) ?? 0) + by);

  const ofJobText = (text: string): ScheduledTask[] => {
    const job = jobs.get(text);
    if (!job) return [];
    const active = [...job.active.values()];
    return job.countInactive === 0 ? active : active.concat(present(job.inactive.members()));
  };
  const ofInstance = (key: JobKey, instanceId: number): ScheduledTask[] => {
    const job = jobOf(key);
    if (!job) return [];
    const ended = present(job.inactive.of(instanceId));
    const active = job.active.get(instanceId);
    return active === undefined ? ended : [active, ...ended];
  };

  return {
    replace(before, after) {
      const id = (after ?? before)!.assignedTask.taskId;
      if (before?.status !== after?.status) {
        if (before) countStatus(before.status, -1);
        if (after) countStatus(after.status, 1);
        const [from, to] = [before && listed.get(before.status), after && listed.get(after.status)];
        if (from !== to) {
          from?.delete(id);
          to?.add(id);
        }
      }
      const [oldHost, newHost] = [before?.assignedTask.slaveHost, after?.assignedTask.slaveHost];
      if (oldHost !== newHost) {
        if (oldHost !== undefined) byHost.remove(oldHost, id);
        if (newHost !== undefined) byHost.add(newHost, id);
      }
      moveInJob((after ?? before)!, placeOf(before), placeOf(after));
      moveOnAgents(before, after);
    },
    ofJob: (key) => ofJobText(jobKeyText(key)),
    ofJobText,
    jobTexts: () => jobs.keys(),
    countJobs: () => jobs.size,
    countHosts: () => byHost.size,
    activeOf: (key) => [...(jobOf(key)?.active.values() ?? [])],
    activeConfigsOf: (key) => jobOf(key)?.configs ?? [],
    countInactive: (key) => jobOf(key)?.countInactive ?? 0,
    activeInstance: (key, instanceId) => jobOf(key)?.active.get(instanceId),
    placement: (key) => jobs.get(textOf(key))?.placement ?? 0,
    present,
    ofInstance,
    onHost: (host) => present(byHost.of(host)),
    inStatus,
    countInStatus: (status) => counts.get(status) ?? 0,
    jobs: function* () {
      for (const job of jobs.values()) yield job.key;
    },
    jobsOfRole: function* (role) {
      for (const text of jobsByRole.of(role)) yield jobs.get(text)!.key;
    },
  };
}
