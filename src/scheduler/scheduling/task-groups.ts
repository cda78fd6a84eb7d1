import type { ScheduledTask, TaskConfig } from '../../api/index.ts';
import { nextBackoff } from '../../base/backoff.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { Counters } from '../metrics/counters.ts';
import { rateLimit } from './rate-limit.ts';

/** Pending tasks of one configuration; an attempt tries to place the first few of them. */
export interface Attempt {
  /** The same object for every attempt of a group, for as long as the group has pending tasks. */
  readonly group: object;
  readonly config: TaskConfig;
  readonly taskIds: readonly string[];
  /**
   * Set when the group has already looked, in vain, at all offers up to this arrival number; undefined: it looks at all
   * offers.
   */
  readonly since?: number | undefined;
}

export interface TaskGroupsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly counters: Counters;
  readonly firstDelayMs: number;
  readonly initialPenaltyMs: number;
  readonly maxPenaltyMs: number;
  readonly maxTasksPerAttempt: number;
  readonly maxAttemptsPerSec: number;
  /** Most attempts in one round. */
  readonly maxAttemptsPerRound: number;
  /** The arrival number of the latest offer. */
  arrivals(): number;
  /** Whether an attempt can succeed at all. Without offers, groups wait for `wake` and get no penalty. */
  canPlace(): boolean;
  /**
   * Makes attempts, at least one and as many as there is time for. @returns for each attempt made, the ids that need no
   * further one (placed, or no longer pending).
   */
  place(attempts: readonly Attempt[]): readonly ReadonlySet<string>[];
}

export interface TaskGroups {
  /** Called when a task became pending. A new group is tried after `delayMs` (default: the first delay). */
  add(task: ScheduledTask, delayMs?: number): void;
  /** Called when a task left PENDING or is gone. */
  remove(task: ScheduledTask): void;
  /** Called when there are offers again, or new ones. */
  wake(): void;
  /** Called when room was made for this group: it is tried without waiting out its penalty. */
  retry(config: TaskConfig): void;
  /** A live view of every group with the ids of its pending tasks, longest waiting first. */
  waiting(): Iterable<{ readonly config: TaskConfig; readonly ids: ReadonlySet<string> }>;
  has(config: TaskConfig): boolean;
  /** A copy for the page of pending tasks. */
  all(): readonly { config: TaskConfig; taskIds: readonly string[]; penaltyMs: number }[];
  close(): void;
}

/**
 * A group waits out a penalty of up to a minute. Meanwhile it is tried on the offers that arrived since its last
 * attempt: a number of groups at a time, those whose last attempt is longest ago first. In a full cluster such a try
 * looks at a few offers only.
 */
const SHOWN_GROUPS = 20;
const SHOW_EVERY_MS = 100;

interface Group {
  readonly config: TaskConfig;
  readonly ids: Set<string>;
  penaltyMs: number;
  /** When the last attempt placed none of the tasks, and the arrival number of the last offer that it saw. */
  failedMs: number;
  seen: number;
  /** Set while the group waits; without a timer it stands in line. */
  timer: Timer | undefined;
}

/**
 * Groups of equal pending tasks. Each waits out its penalty, then stands in line for an attempt. Groups in line are
 * served in turn; a group that placed something waits only the first delay before it is in line again.
 * The key of a group is its configuration object: stored tasks with equal configurations share one.
 * Source: the original's TaskGroups.
 */
export function taskGroups(options: TaskGroupsOptions): TaskGroups {
  const { clock, random, counters } = options;
  const groups = new Map<TaskConfig, Group>();
  const line: Group[] = [];
  /** Groups that wait out a penalty, ordered by the time of their last attempt. */
  const penalised = new Set<Group>();
  const limit = rateLimit(clock, options.maxAttemptsPerSec);
  const penalties = { initialMs: options.initialPenaltyMs, maxMs: options.maxPenaltyMs };
  let pump: Timer | undefined;
  let shower: Timer | undefined;
  let shownMs = Number.NEGATIVE_INFINITY;
  let closed = false;

  const pumpIn = (delayMs: number) => {
    if (closed || pump || line.length === 0) return;
    pump = clock.after(delayMs, () => {
      pump = undefined;
      round([]);
    });
  };
  const stopWaiting = (group: Group) => {
    group.timer?.cancel();
    group.timer = undefined;
    penalised.delete(group);
  };
  const standInLine = (group: Group) => {
    stopWaiting(group);
    line.push(group);
  };
  const wait = (group: Group, delayMs: number) => {
    counters.measure('scheduled_task_penalty', delayMs);
    group.timer = clock.after(delayMs, () => {
      standInLine(group);
      pumpIn(0);
    });
  };
  const drop = (group: Group) => {
    stopWaiting(group);
    if (groups.get(group.config) === group) groups.delete(group.config);
  };
  const failed = (group: Group, arrivals: number) => {
    group.failedMs = clock.monotonicMs();
    group.seen = arrivals;
    penalised.delete(group);
    penalised.add(group);
  };
  const settle = (group: Group, handled: ReadonlySet<string>, arrivals: number) => {
    const isShown = penalised.has(group);
    for (const id of handled) group.ids.delete(id);
    if (group.ids.size === 0) return drop(group);
    if (handled.size > 0) {
      stopWaiting(group);
      group.penaltyMs = 0;
      wait(group, options.firstDelayMs);
      return;
    }
    failed(group, arrivals);
    // A try on new offers between two attempts does not delay the next attempt.
    if (isShown) return;
    group.penaltyMs = nextBackoff(penalties, group.penaltyMs, random);
    wait(group, group.penaltyMs);
  };
  /** @param shown groups to try on new offers only, besides those in line. */
  const round = (shown: readonly Group[]) => {
    if (!options.canPlace()) return;
    const arrivals = options.arrivals();
    const permits = limit.take(Math.min(options.maxAttemptsPerRound, line.length + shown.length));
    if (permits === 0) {
      counters.add('schedule_attempts_blocks');
      return pumpIn(limit.waitMs());
    }
    const served = [...line.splice(0, permits), ...shown].slice(0, permits).filter(({ ids }) => ids.size > 0);
    const attempts = served.map((group) => ({
      group,
      config: group.config,
      taskIds: firstOf(group.ids, options.maxTasksPerAttempt),
      since: penalised.has(group) ? group.seen : undefined,
    }));
    const results = options.place(attempts);
    for (const [at, handled] of results.entries()) settle(served[at] as Group, handled, arrivals);
    line.unshift(...served.slice(results.length).filter((group) => !penalised.has(group)));
    pumpIn(0);
  };
  /** Tries the waiting groups on new offers until each has seen them all. */
  const show = () => {
    if (closed || shower || penalised.size === 0) return;
    shower = clock.after(Math.max(0, shownMs + SHOW_EVERY_MS - clock.monotonicMs()), () => {
      shower = undefined;
      shownMs = clock.monotonicMs();
      const longest = firstOf(penalised, SHOWN_GROUPS).filter(
        ({ failedMs, seen }) => seen < options.arrivals() && shownMs - failedMs >= options.initialPenaltyMs,
      );
      if (longest.length > 0) round(longest);
      for (const { seen } of penalised) if (seen < options.arrivals()) return show();
    });
  };

  return {
    add(task, delayMs = options.firstDelayMs) {
      const { task: config, taskId } = task.assignedTask;
      const known = groups.get(config);
      if (known) return void known.ids.add(taskId);
      const group: Group = {
        config,
        ids: new Set([taskId]),
        penaltyMs: 0,
        failedMs: 0,
        seen: 0,
        timer: undefined,
      };
      groups.set(config, group);
      wait(group, delayMs);
    },
    remove(task) {
      const group = groups.get(task.assignedTask.task);
      if (!group?.ids.delete(task.assignedTask.taskId) || group.ids.size > 0) return;
      drop(group);
    },
    wake() {
      pumpIn(0);
      show();
    },
    retry(config) {
      const group = groups.get(config);
      if (group?.timer) standInLine(group);
      pumpIn(0);
    },
    waiting: () => groups.values(),
    has: (config) => groups.has(config),
    all: () =>
      [...groups.values()].map(({ config, ids, penaltyMs }) => ({ config, taskIds: [...ids], penaltyMs })),
    close() {
      closed = true;
      pump?.cancel();
      shower?.cancel();
      for (const group of groups.values()) stopWaiting(group);
      groups.clear();
    },
  };
}

function firstOf<T>(all: ReadonlySet<T>, most: number): T[] {
  const some: T[] = [];
  for (const one of all) {
    if (some.length === most) break;
    some.push(one);
  }
  return some;
}
