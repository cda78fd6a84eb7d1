import { type JobKey, type ScheduledTask, toNumber } from '../../api/index.ts';
import { type SortedTimes, sortedTimes } from './sorted-times.ts';
import { type UptimeAccount, uptimeAccount } from './uptime-account.ts';
import { type UptimeClass, uptimeClass } from './uptime-class.ts';

const CLASSES: readonly UptimeClass[] = ['REMOVED', 'DOWN', 'UP'];

/**
 * Uptimes of one job's instances. An instance's history spans several tasks, and tasks are deleted earlier than the
 * instance; so we keep one byte per instance, its class, instead of events.
 */
export interface JobUptimes {
  readonly key: JobKey;
  readonly production: boolean;
  /** For each RUNNING task, since when it has been so, epoch milliseconds. */
  readonly running: SortedTimes;
  readonly account: UptimeAccount;
  /** The task has reached the status that it has now. */
  reached(task: ScheduledTask): void;
  /** The task was deleted. If it was still waiting to be placed, that does not count as downtime of the platform. */
  deleted(task: ScheduledTask): void;
  /** Removes all instances from the accounts. */
  leave(atMs: number): void;
}

const newestMs = ({ taskEvents }: ScheduledTask): number => toNumber(taskEvents.at(-1)?.timestamp ?? 0);

const oldestMs = ({ taskEvents }: ScheduledTask): number => toNumber(taskEvents[0]?.timestamp ?? 0);

/** @param cluster the account of all jobs of the same kind. */
export function jobUptimes(
  key: JobKey,
  production: boolean,
  tasks: readonly ScheduledTask[],
  cluster: UptimeAccount,
  startMs: number,
): JobUptimes {
  const account = uptimeAccount(startMs);
  const running = sortedTimes();
  /** Time of the newest event of each RUNNING task. */
  const since = new Map<string, number>();
  let classes = new Uint8Array(16);

  const classOf = (instance: number): UptimeClass => CLASSES[classes[instance] ?? 0] as UptimeClass;
  const move = (instance: number, to: UptimeClass, atMs: number) => {
    const from = classOf(instance);
    if (from === to) return;
    if (instance >= classes.length) {
      const larger = new Uint8Array(Math.max(instance + 1, classes.length * 2));
      larger.set(classes);
      classes = larger;
    }
    classes[instance] = CLASSES.indexOf(to);
    account.move(from, to, atMs);
    cluster.move(from, to, atMs);
  };
  const stopRunning = (taskId: string) => {
    const sinceMs = since.get(taskId);
    if (sinceMs === undefined) return;
    since.delete(taskId);
    running.remove(sinceMs);
  };
  const follow = (task: ScheduledTask) => {
    const { taskId } = task.assignedTask;
    stopRunning(taskId);
    if (task.status !== 'RUNNING') return;
    since.set(taskId, newestMs(task));
    running.add(newestMs(task));
  };

  // A task and its replacement may have events at the same time; the older task's events have to come first.
  const inOrder = [...tasks].sort((a, b) => oldestMs(a) - oldestMs(b));
  const histories = inOrder.flatMap((task) =>
    task.taskEvents.map((event) => ({
      instance: task.assignedTask.instanceId,
      atMs: toNumber(event.timestamp),
      event,
    })),
  );
  for (const { instance, event } of histories.sort((a, b) => a.atMs - b.atMs))
    move(instance, uptimeClass(classOf(instance), event.status), startMs);
  for (const task of tasks) follow(task);

  return {
    key,
    production,
    running,
    account,
    reached(task) {
      const { instanceId } = task.assignedTask;
      move(instanceId, uptimeClass(classOf(instanceId), task.status), newestMs(task));
      follow(task);
    },
    deleted(task) {
      stopRunning(task.assignedTask.taskId);
      if (task.status === 'PENDING' || task.status === 'THROTTLED')
        move(task.assignedTask.instanceId, 'REMOVED', newestMs(task));
    },
    leave(atMs) {
      for (const instance of classes.keys()) move(instance, 'REMOVED', atMs);
    },
  };
}
