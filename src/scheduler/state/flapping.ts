import {
  ACTIVE_STATES,
  type ScheduledTask,
  type ScheduleStatus,
  TERMINAL_STATES,
  toNumber,
} from '../../api/index.ts';
import { nextBackoff } from '../../base/backoff.ts';
import type { Random } from '../../base/random.ts';
import type { ReadTasks } from '../storage/index.ts';

/** When a task counts as flapping, and the delays; names and defaults are those of the flags. */
export interface FlappingSettings {
  readonly flappingTaskThresholdMs: number;
  readonly initialFlappingTaskDelayMs: number;
  readonly maxFlappingTaskDelayMs: number;
}

/** A task that we ended ourselves did not flap, however short it ran. */
const ENDED_BY_US: ReadonlySet<ScheduleStatus> = new Set<ScheduleStatus>([
  'RESTARTING',
  'KILLING',
  'DRAINING',
  'PREEMPTING',
]);

/**
 * How long the task ran, in milliseconds: from its first RUNNING to the event after its last RUNNING, partitions
 * between them included. For a task that never ran: from its last active status other than PARTITIONED to its end.
 * Undefined when it has not ended. Source: ours; the original counts from the last active status, even PARTITIONED,
 * which makes a long life look short.
 */
function lifeMs({ taskEvents }: ScheduledTask): number | undefined {
  const end = taskEvents.findLastIndex(({ status }) => TERMINAL_STATES.has(status));
  if (end < 0) return undefined;
  const lastRunning = taskEvents.findLastIndex(({ status }) => status === 'RUNNING');
  const firstRunning = taskEvents.findIndex(({ status }) => status === 'RUNNING');
  const lastStep = taskEvents.findLastIndex(
    ({ status }) => ACTIVE_STATES.has(status) && status !== 'PARTITIONED',
  );
  const [from, to] = lastRunning < 0 ? [lastStep, end] : [firstRunning, lastRunning + 1];
  if (from < 0) return undefined;
  const msAt = (at: number) => toNumber(taskEvents[at]?.timestamp ?? 0);
  return msAt(to) - msAt(from);
}

function flapped(task: ScheduledTask, thresholdMs: number): boolean {
  if (task.taskEvents.some(({ status }) => ENDED_BY_US.has(status))) return false;
  const ms = lifeMs(task);
  return ms !== undefined && ms < thresholdMs;
}

/**
 * How long the replacement of `ended` must wait, in milliseconds; 0 for not at all. One backoff step for the task and for
 * each of its ancestors that flapped, up to the first that did not flap or is no longer stored, or until the limit. Source:
 * the original's RescheduleCalculator, which starts one generation too early and so does not penalise the first flap.
 */
export function flappingPenaltyMs(
  tasks: Pick<ReadTasks, 'get'>,
  ended: ScheduledTask,
  settings: FlappingSettings,
  random: Random,
): number {
  const limits = { initialMs: settings.initialFlappingTaskDelayMs, maxMs: settings.maxFlappingTaskDelayMs };
  let penaltyMs = 0;
  let task: ScheduledTask | undefined = ended;
  while (task && flapped(task, settings.flappingTaskThresholdMs)) {
    const longerMs = nextBackoff(limits, penaltyMs, random);
    if (longerMs === penaltyMs) break;
    penaltyMs = longerMs;
    task = task.ancestorId === undefined ? undefined : tasks.get(task.ancestorId);
  }
  return penaltyMs;
}

const PENALTY = /^Rescheduled, penalized for (\d+) ms for flapping$/;

/** The message of the THROTTLED event; the penalty is stored nowhere else. */
export const penaltyMessage = (penaltyMs: number): string =>
  `Rescheduled, penalized for ${penaltyMs} ms for flapping`;

/** The penalty of a THROTTLED task, in milliseconds; 0 when its event does not name one (then it may continue at once). */
export function penaltyOfMs({ taskEvents }: ScheduledTask): number {
  return Number(PENALTY.exec(taskEvents.at(-1)?.message ?? '')?.[1] ?? 0);
}
