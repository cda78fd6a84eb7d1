import { LIVE_STATES, TERMINAL_STATES } from '../api/index.ts';
import { sleep } from '../base/clock.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { requireOk } from './response.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { isIn, jobQuery, type ListedTask, newestTasks, type Status, tasksIn } from './tasks.ts';
import type { WaitProgress } from './wait-progress.ts';

/** The states that end a wait. An instance that has ended counts as having been up. */
export const WAIT_STATES = {
  RUNNING: new Set<Status>([...LIVE_STATES, ...TERMINAL_STATES]),
  FINISHED: TERMINAL_STATES,
} as const satisfies Record<string, ReadonlySet<Status>>;

export interface Wait {
  /** Undefined means all instances. */
  readonly instances?: readonly number[] | undefined;
  readonly states: ReadonlySet<Status>;
  /** Give up when the pause between polls has reached its limit; otherwise wait for ever. */
  readonly givesUp?: boolean;
  readonly progress?: WaitProgress | undefined;
}

/** Source: the original's JobMonitor, which polls at 0, 2, 6, 14, 30, 62, 126 and 254 s, then every 150 s. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 150_000;
/** The time of the first poll after which the pause would be at its limit. */
const GIVES_UP_MS = 254_000;
/** The pause when the user sees the progress live. */
const LIVE_PAUSE_MS = 1_000;

/**
 * Polls until the newest task of every instance is in one of the states. Returns those tasks as the last poll saw them,
 * or undefined when it gives up. Polls are not repeated after a network failure. Throws whatever the calls throw, and
 * API when the scheduler refuses a poll.
 */
export async function waitForTasks(
  { clock, log, signal }: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  { instances, states, givesUp = false, progress }: Wait,
): Promise<readonly ListedTask[] | undefined> {
  const startMs = clock.monotonicMs();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const response = await scheduler.once('getTasksWithoutConfigs', { query: jobQuery(job, instances) });
    const header = `Cannot tell how ${jobKeyText(job)} is doing:`;
    const tasks = newestTasks(tasksIn(requireOk(response, log, { header })));
    await progress?.show(tasks, states);
    if (tasks.every((task) => isIn(task, states))) return tasks;
    if (givesUp && (pauseMs >= LONGEST_PAUSE_MS || clock.monotonicMs() - startMs >= GIVES_UP_MS))
      return undefined;
    await sleep(clock, progress?.isLive ? LIVE_PAUSE_MS : pauseMs, signal);
    if (progress?.isLive) pauseMs = FIRST_PAUSE_MS / 2;
  }
}
