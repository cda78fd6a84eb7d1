import { ACTIVE_STATES, TERMINAL_STATES, type Wire } from '../api/index.ts';
import type { ClusterJobKey } from './job-key.ts';
import { endedMs, endedText } from './task-times.ts';
import { bornMs, instanceOf, isIn, type ListedTask, type Status } from './tasks.ts';

/** The state of an instance, as seen from outside. */
export interface InstanceStatus {
  readonly instance: number;
  readonly status: Status;
  /** How long it has been in this state, in milliseconds. */
  readonly forMs: number;
  readonly host: string | undefined;
  /** The number of its other tasks that the scheduler remembers. */
  readonly restarts: number;
  /** Why it is in this state: why it is pending, or how it or its predecessor ended. */
  readonly why: string;
}

/** The state of a job at one moment. */
export interface StatusView {
  readonly job: ClusterJobKey;
  readonly kind: 'service' | 'job';
  /** Sorted by number. */
  readonly instances: readonly InstanceStatus[];
  /** The status of the active update. */
  readonly update: string | undefined;
}

/**
 * Combines what the scheduler knows of the tasks of a job into one state for each instance, that of its newest task.
 */
export function statusView(
  job: ClusterJobKey,
  tasks: readonly ListedTask[],
  {
    reasons,
    update,
    nowMs,
  }: {
    readonly reasons: ReadonlyMap<number, string>;
    readonly update: Wire<'JobUpdateSummary'> | undefined;
    readonly nowMs: number;
  },
): StatusView {
  const byInstance = new Map<number, ListedTask[]>();
  for (const task of tasks) {
    const own = byInstance.get(instanceOf(task));
    if (own) own.push(task);
    else byInstance.set(instanceOf(task), [task]);
  }
  const instances = [...byInstance]
    .sort(([a], [b]) => a - b)
    .map(([instance, own]) => instanceStatus(instance, own, reasons.get(instance), nowMs));
  const isService = tasks.some(({ assignedTask }) => assignedTask?.task?.isService);
  return { job, kind: isService ? 'service' : 'job', instances, update: update?.state?.status };
}

function instanceStatus(
  instance: number,
  tasks: readonly ListedTask[],
  reason: string | undefined,
  nowMs: number,
): InstanceStatus {
  const sorted = [...tasks].sort((a, b) => bornMs(a) - bornMs(b));
  // An active task is preferred to a newer one that has ended.
  const task = sorted.findLast((one) => isIn(one, ACTIVE_STATES)) ?? sorted.at(-1);
  const before = sorted.filter((one) => one !== task).at(-1);
  const status = task?.status ?? 'INIT';
  const ended = task && endedText(task);
  const previous = before && endedText(before);
  const why =
    status === 'PENDING' || status === 'THROTTLED'
      ? (reason ?? (previous ? `was ${previous}` : ''))
      : (ended ?? (status !== 'RUNNING' && previous ? `was ${previous}` : ''));
  return {
    instance,
    status,
    forMs: task ? Math.max(0, nowMs - endedMs(task)) : 0,
    host: task?.assignedTask?.slaveHost,
    restarts: sorted.length - 1,
    why,
  };
}

/** What the user can wait for. */
export type StatusGoal = 'running' | 'finished' | 'gone';

/** Whether a job has reached the goal; `never` when tasks failed or were lost and nothing more will start. */
export function reached(views: readonly StatusView[], goal: StatusGoal): boolean | 'never' {
  const all = views.flatMap(({ instances }) => instances);
  const isOver = all.every(({ status }) => TERMINAL_STATES.has(status));
  if (goal === 'gone') return isOver;
  const failed = all.some(({ status }) => status === 'FAILED' || status === 'LOST');
  if (isOver && (failed || (goal === 'running' && all.length > 0))) return failed ? 'never' : true;
  if (all.length === 0) return false;
  return goal === 'finished'
    ? isOver
    : all.every(({ status }) => status === 'RUNNING' || TERMINAL_STATES.has(status));
}
