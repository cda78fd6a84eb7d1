import type { ScheduledTask, ScheduleStatus, TaskEvent } from '../../../api/index.ts';
import type { Clock, Timer } from '../../../base/clock.ts';
import { messageOf } from '../../../base/errors.ts';
import type { Logger } from '../../../base/log.ts';
import type { Random } from '../../../base/random.ts';
import type { TimerQueue } from '../../../base/timer-queue.ts';
import type { TaskOnAgent } from '../../mesos/mesos-calls.ts';
import type { Counters } from '../../metrics/counters.ts';
import type { ReadStores, Storage, WriteTransaction } from '../../storage/index.ts';
import type { StateManager } from '../contract.ts';
import type { StateEvents } from '../events.ts';
import { delayLine } from './delay-line.ts';

/** What all watchdogs use. */
export interface WatchdogContext {
  readonly storage: Storage;
  readonly state: StateManager;
  readonly events: StateEvents;
  readonly timers: TimerQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add' | 'measure'>;
  readonly kill: (task: TaskOnAgent) => void;
}

/** A rule for tasks that stay in a status. */
export interface Watchdog {
  /** The statuses to watch. */
  readonly statuses: readonly ScheduleStatus[];
  /** How long a task may stay before `due` is called, in milliseconds, if that depends on it; undefined means for ever. */
  readonly delayMs: number | ((task: ScheduledTask) => number | undefined);
  /** Called when the task has stayed that long; returns the delay to the next call, or undefined for none. */
  readonly due: (task: ScheduledTask, lastDelayMs: number) => number | undefined;
}

/** Whether that is still the last event of a stored task: it did not even leave and come back. */
function isLast({ tasks }: ReadStores, taskId: string, event: TaskEvent | undefined): boolean {
  const task = tasks.get(taskId);
  return task !== undefined && task.taskEvents.at(-1) === event;
}

/** Whether the task has not changed at all since. */
export const unmoved = (stores: ReadStores, { assignedTask, taskEvents }: ScheduledTask): boolean =>
  isLast(stores, assignedTask.taskId, taskEvents.at(-1));

/** Writes a change if the task is still unmoved; a failure is only logged, since no one waits for it. */
export function writeIfUnmoved(
  { storage, log }: WatchdogContext,
  task: ScheduledTask,
  change: (tx: WriteTransaction) => void,
): void {
  if (!storage.read((stores) => unmoved(stores, task))) return;
  storage
    .write((tx) => {
      if (unmoved(tx, task)) change(tx);
    })
    .catch((error) => {
      log.error({ error: messageOf(error), task: task.assignedTask.taskId }, 'a watchdog could not act');
    });
}

/** The deadlines of a rule. */
interface Deadlines {
  arm(task: ScheduledTask): void;
  disarm(taskId: string): void;
  clear(): void;
}

/** Those of a rule with its own delay for each task, and for each time that it is due. */
function ownDelays(
  { timers }: WatchdogContext,
  delayMs: (task: ScheduledTask) => number | undefined,
  due: Watchdog['due'],
): Deadlines {
  const armed = new Map<string, Timer>();
  const disarm = (taskId: string) => {
    const timer = armed.get(taskId);
    if (!timer) return;
    timer.cancel();
    armed.delete(taskId);
  };
  const arm = (task: ScheduledTask, waitMs: number | undefined) => {
    if (waitMs === undefined) return;
    const { taskId } = task.assignedTask;
    armed.get(taskId)?.cancel();
    const fire = () => {
      armed.delete(taskId);
      arm(task, due(task, waitMs));
    };
    armed.set(taskId, timers.after(waitMs, fire));
  };
  return {
    arm: (task) => arm(task, delayMs(task)),
    disarm,
    clear() {
      for (const taskId of [...armed.keys()]) disarm(taskId);
    },
  };
}

/** Those of a rule with one delay for all. What was true of a task is not kept, only the event that brought it there. */
function sameDelay({ clock, storage }: WatchdogContext, delayMs: number, due: Watchdog['due']): Deadlines {
  const line = delayLine<TaskEvent | undefined>({
    clock,
    delayMs,
    isWaiting: (taskId, event) => storage.read((stores) => isLast(stores, taskId, event)),
    due(taskId, event) {
      const task = storage.read(({ tasks }) => tasks.get(taskId));
      if (task && due(task, delayMs) !== undefined) line.set(taskId, event);
    },
  });
  return {
    arm: (task) => line.set(task.assignedTask.taskId, task.taskEvents.at(-1)),
    disarm: line.delete,
    clear: line.clear,
  };
}

/** Applies a watchdog to all stored tasks and to future ones; returns a function that stops it. */
export function watch(context: WatchdogContext, { statuses, delayMs, due }: Watchdog): () => void {
  const { events, storage } = context;
  const { arm, clear, disarm } =
    typeof delayMs === 'number' ? sameDelay(context, delayMs, due) : ownDelays(context, delayMs, due);
  const look = (task: ScheduledTask) => {
    if (statuses.includes(task.status)) arm(task);
  };

  const unsubscribe = events.subscribe((event) => {
    if (event.kind === 'taskStateChanged') {
      // Every change of every task arrives here, and only few matter to this rule.
      if (statuses.includes(event.oldState)) disarm(event.task.assignedTask.taskId);
      look(event.task);
    }
    if (event.kind === 'tasksDeleted') for (const task of event.tasks) disarm(task.assignedTask.taskId);
  });
  for (const task of storage.read(({ tasks }) => tasks.inStatus(...statuses))) look(task);
  return () => {
    unsubscribe();
    clear();
  };
}
