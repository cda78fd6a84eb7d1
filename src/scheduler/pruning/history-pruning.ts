import { type JobKey, type ScheduledTask, TERMINAL_STATES, toNumber } from '../../api/index.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';
import type { StateEvents, StateManager } from '../state/index.ts';
import type { Storage } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';

/** Names and defaults are those of the flags. */
export interface HistorySettings {
  /** An ended task is kept at least this long. */
  readonly historyMinRetentionMs: number;
  /** An ended task is forgotten after this time. */
  readonly historyPruneThresholdMs: number;
  /** The maximum number of ended tasks that are kept for a job. */
  readonly historyMaxPerJob: number;
}

export interface TaskHistoryOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add'>;
  readonly storage: Storage;
  readonly state: Pick<StateManager, 'deleteTasks'>;
  readonly events: StateEvents;
  readonly settings: HistorySettings;
}

/** The maximum number of tasks that one write forgets. */
const MAX_PER_WRITE = 1_000;

interface Ended {
  readonly taskId: string;
  readonly dueMs: number;
}

const endedMs = ({ taskEvents }: ScheduledTask): number => toNumber(taskEvents.at(-1)?.timestamp ?? 0);

/**
 * Forgets ended tasks by age, and the oldest ones of a job that has too many, but none before its minimum retention. All
 * ended tasks are in one queue ordered by their due time, with a timer for the first. A job with too many is checked
 * when one more task ends, and again when the next of its tasks is old enough; nothing is done in between, however many
 * end. A failed write is logged, and what it left is forgotten after the next start. Returns a function that stops it.
 */
export function startTaskHistory(options: TaskHistoryOptions): () => void {
  const { clock, counters, events, log, settings, state, storage } = options;
  let line: Ended[] = [];
  let next = 0;
  let timer: Timer | undefined;
  const looksAgain = new Map<string, Timer>();

  const forget = (taskIds: readonly string[]) => {
    if (taskIds.length === 0) return;
    counters.add('tasks_pruned', taskIds.length);
    const written = storage.write((tx) => state.deleteTasks(tx, taskIds));
    written.catch((error) => log.error({ error: messageOf(error) }, 'ended tasks could not be pruned'));
  };
  const ageMs = (task: ScheduledTask): number => Math.max(0, clock.nowMs() - endedMs(task));
  const dueMs = (task: ScheduledTask): number => {
    const { historyMinRetentionMs: leastMs, historyPruneThresholdMs: mostMs } = settings;
    return clock.monotonicMs() + Math.max(leastMs, mostMs - ageMs(task));
  };
  const arm = () => {
    const first = line[next];
    if (first && !timer) timer = clock.after(first.dueMs - clock.monotonicMs(), fire);
  };
  const fire = () => {
    timer = undefined;
    const nowMs = clock.monotonicMs();
    const due: string[] = [];
    for (let one = line[next]; one && one.dueMs <= nowMs && due.length < MAX_PER_WRITE; one = line[++next])
      due.push(one.taskId);
    if (next > line.length / 2) {
      line = line.slice(next);
      next = 0;
    }
    forget(due.filter((taskId) => storage.read(({ tasks }) => tasks.get(taskId) !== undefined)));
    arm();
  };
  const look = (job: JobKey) => {
    const most = settings.historyMaxPerJob;
    const text = jobKeyText(job);
    if (looksAgain.has(text) || storage.read(({ tasks }) => tasks.countEnded(job)) <= most) return;
    const ended = storage
      .read(({ tasks }) => tasks.ofJob(job))
      .filter(({ status }) => TERMINAL_STATES.has(status))
      .sort((a, b) => endedMs(a) - endedMs(b));
    const surplus = ended.slice(0, Math.max(0, ended.length - most));
    const old = surplus.filter((task) => ageMs(task) >= settings.historyMinRetentionMs);
    forget(old.map(({ assignedTask }) => assignedTask.taskId));
    const young = surplus[old.length];
    if (!young) return;
    const waitMs = settings.historyMinRetentionMs - ageMs(young);
    looksAgain.set(
      text,
      clock.after(waitMs, () => {
        looksAgain.delete(text);
        look(job);
      }),
    );
  };

  const unsubscribe = events.subscribe((event) => {
    if (event.kind !== 'taskStateChanged' || !TERMINAL_STATES.has(event.task.status)) return;
    line.push({ taskId: event.task.assignedTask.taskId, dueMs: dueMs(event.task) });
    arm();
    look(event.task.assignedTask.task.job);
  });
  storage.read(({ tasks }) => {
    for (const task of tasks.all())
      if (TERMINAL_STATES.has(task.status))
        line.push({ taskId: task.assignedTask.taskId, dueMs: dueMs(task) });
  });
  // A task that ends later is due later, so the queue stays sorted.
  line.sort((a, b) => a.dueMs - b.dueMs);
  arm();
  return () => {
    unsubscribe();
    timer?.cancel();
    for (const again of looksAgain.values()) again.cancel();
  };
}
