import { ACTIVE_JOB_UPDATE_STATES } from '../api/index.ts';
import { sleep } from '../base/clock.ts';
import { AuroraError } from '../base/errors.ts';
import { type FoundJob, findJobs, schedulersOf } from './find-jobs.ts';
import { type ClusterJobKey, isExact, jobKeyText, wireJobKey } from './job-key.ts';
import { liveBlock } from './live-block.ts';
import { pendingReasons } from './pending-reasons.ts';
import { requireOk } from './response.ts';
import { styleOf } from './screen-style.ts';
import type { Session } from './session.ts';
import { statusFrame, statusLines } from './status-frame.ts';
import { reached, type StatusGoal, type StatusView, statusView } from './status-view.ts';
import { jobQuery, tasksIn } from './tasks.ts';
import { summariesIn } from './updates.ts';

export interface WatchStatus {
  /** Undefined watches until the user stops it. */
  readonly until?: StatusGoal | undefined;
  /** Undefined watches for ever. */
  readonly timeoutMs?: number | undefined;
}

/**
 * The pause after a look, 1 to 5 s: twenty times as long as the look took, so that a watcher takes about a twentieth of
 * the scheduler's time.
 */
const pauseMs = (tookMs: number): number => Math.min(5_000, Math.max(1_000, tookMs * 20));

/**
 * Shows jobs live: on a terminal as a block that is redrawn in place, otherwise as a line for each change of an
 * instance. Returns the exit code. Throws BAD_PARAMETER when there is no such job, COMMAND_FAILED when the goal can no
 * longer be reached, TIMEOUT, and whatever the calls throw.
 */
export async function watchStatus(
  session: Session,
  pattern: ClusterJobKey,
  { until, timeoutMs = Number.POSITIVE_INFINITY }: WatchStatus,
): Promise<void> {
  const { clock, signal } = session;
  const output = outputOf(session);
  const startMs = clock.monotonicMs();
  let isFirst = true;
  for (;;) {
    const lookMs = clock.monotonicMs();
    const found = await jobsOf({ ...session, log: { ...session.log, info: session.log.debug } }, pattern);
    const views = (await Promise.all(found.map((one) => viewOf(session, one)))).filter(
      ({ instances }) => instances.length > 0,
    );
    if (views.length === 0 && (isFirst || until === undefined) && until !== 'gone')
      throw new AuroraError('BAD_PARAMETER', `Found no jobs matching ${jobKeyText(pattern)}`);
    isFirst = false;
    output(views);
    const end = until && reached(views, until);
    if (end === 'never') {
      throw new AuroraError(
        'COMMAND_FAILED',
        `${jobKeyText(pattern)} will not be ${until}: tasks FAILED or were LOST`,
        {
          next: `see 'aurora job status ${jobKeyText(pattern)}'`,
        },
      );
    }
    if (end) return;
    const nowMs = clock.monotonicMs();
    if (nowMs - startMs >= timeoutMs)
      throw new AuroraError(
        'TIMEOUT',
        `${jobKeyText(pattern)} is not ${until ?? 'over'} in time; it goes on`,
      );
    await sleep(clock, Math.min(pauseMs(nowMs - lookMs), timeoutMs - (nowMs - startMs)), signal);
  }
}

async function jobsOf(session: Session, pattern: ClusterJobKey): Promise<readonly FoundJob[]> {
  if (!isExact(pattern)) return findJobs(session, pattern, 'BAD_PARAMETER');
  return schedulersOf(session, pattern).map((scheduler) => ({ job: pattern, scheduler }));
}

async function viewOf({ clock, log }: Session, { job, scheduler }: FoundJob): Promise<StatusView> {
  const [listed, updates] = await Promise.all([
    scheduler.query('getTasksWithoutConfigs', { query: jobQuery(job) }),
    scheduler.query('getJobUpdateSummaries', {
      jobUpdateQuery: { jobKey: wireJobKey(job), updateStatuses: [...ACTIVE_JOB_UPDATE_STATES] },
    }),
  ]);
  const tasks = tasksIn(requireOk(listed, log, { code: 'BAD_PARAMETER' }));
  const pending = tasks.filter(({ status }) => status === 'PENDING');
  const reasons =
    pending.length > 0
      ? await pendingReasons(scheduler, wireJobKey(job), pending)
      : new Map<number, string>();
  const [update] = updates.responseCode === 'OK' ? summariesIn(updates) : [];
  return statusView(job, tasks, { reasons, update, nowMs: clock.nowMs() });
}

/** Writes to stdout; this includes the block, since it is what the command is for. */
function outputOf({ clock, env, print, terminal }: Session): (views: readonly StatusView[]) => void {
  const screen = terminal();
  if (!screen) {
    let before: readonly StatusView[] | undefined;
    return (views) => {
      const time = `${new Date(clock.nowMs()).toISOString().slice(0, 19)}Z`;
      print(
        statusLines(before, views)
          .map((line) => `${time} ${line}\n`)
          .join(''),
      );
      before = views;
    };
  }
  const style = styleOf(env, { isTerminal: true });
  const block = liveBlock(print, screen, style);
  return (views) => block.draw(statusFrame(views, { style, ...screen.size() }));
}
