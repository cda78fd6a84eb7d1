import type { JobKey, ScheduledTask, SlaPolicy } from '../../api/index.ts';
import { jobKeyText } from '../storage/keys.ts';

/** A task on a draining host that has not been allowed to go yet. */
export interface WaitingTask {
  readonly taskId: string;
  readonly host: string;
  readonly job: JobKey;
  readonly jobText: string;
  /** The policy of its own configuration. */
  readonly slaPolicy: SlaPolicy | undefined;
  /** What the task waits for, as text for people. */
  waitsFor: string;
  /** Whether a coordinator is being asked about the task, or will be asked again after the polling interval. */
  asking: boolean;
}

/** The waiting tasks, indexed by job and by host. */
export interface WaitingTasks {
  /** Undefined when the task is waiting already. */
  add(task: ScheduledTask): WaitingTask | undefined;
  /** Returns the removed task; undefined when it was not waiting. */
  remove(taskId: string): WaitingTask | undefined;
  get(taskId: string): WaitingTask | undefined;
  ofJob(job: string): Iterable<WaitingTask>;
  onHost(host: string): Iterable<WaitingTask>;
  hasJob(job: string): boolean;
  countOfJob(job: string): number;
  clear(): void;
}

export function waitingTasks(): WaitingTasks {
  const byId = new Map<string, WaitingTask>();
  const byJob = new Map<string, Map<string, WaitingTask>>();
  const byHost = new Map<string, Map<string, WaitingTask>>();
  const put = (map: Map<string, Map<string, WaitingTask>>, key: string, task: WaitingTask) => {
    const members = map.get(key) ?? new Map<string, WaitingTask>();
    map.set(key, members.set(task.taskId, task));
  };
  const take = (map: Map<string, Map<string, WaitingTask>>, key: string, taskId: string) => {
    const members = map.get(key);
    if (members?.delete(taskId) && members.size === 0) map.delete(key);
  };
  return {
    add({ assignedTask: { taskId, task, slaveHost = '' } }) {
      if (byId.has(taskId)) return undefined;
      const { job, slaPolicy } = task;
      const jobText = jobKeyText(job);
      const waiting: WaitingTask = {
        taskId,
        host: slaveHost,
        job,
        jobText,
        slaPolicy,
        waitsFor: 'its turn',
        asking: false,
      };
      byId.set(taskId, waiting);
      put(byJob, jobText, waiting);
      put(byHost, slaveHost, waiting);
      return waiting;
    },
    remove(taskId) {
      const waiting = byId.get(taskId);
      if (!waiting) return undefined;
      byId.delete(taskId);
      take(byJob, waiting.jobText, taskId);
      take(byHost, waiting.host, taskId);
      return waiting;
    },
    get: (taskId) => byId.get(taskId),
    ofJob: (job) => byJob.get(job)?.values() ?? [],
    onHost: (host) => byHost.get(host)?.values() ?? [],
    hasJob: (job) => byJob.has(job),
    countOfJob: (job) => byJob.get(job)?.size ?? 0,
    clear() {
      byId.clear();
      byJob.clear();
      byHost.clear();
    },
  };
}
