import { sleep } from '../base/clock.ts';
import { AuroraError } from '../base/errors.ts';
import type { ClusterJobKey } from './job-key.ts';
import { jobKeyText, wireJobKey } from './job-key.ts';
import { type LastLines, lastLines } from './last-lines.ts';
import { pendingReasons } from './pending-reasons.ts';
import { requireOk } from './response.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { jobQuery, type ListedTask, tasksIn } from './tasks.ts';
import { detailsOf } from './update-info.ts';
import { type UpdateView, updateView } from './update-view.ts';
import { activeUpdate, isActive, summariesIn, type UpdateKey } from './updates.ts';
import { type Direction, endCode, leavingAlone } from './wait-update.ts';
import { type WatchForm, watchOutput } from './watch-output.ts';

export interface WatchOptions {
  readonly id?: string | undefined;
  readonly wanted: Direction;
  readonly form: WatchForm;
  readonly color?: boolean | undefined;
  /** Exit with code 8 when the update pauses or needs a pulse. */
  readonly stopAtPause: boolean;
  /** Undefined watches for ever. */
  readonly timeoutMs?: number | undefined;
  /** Show the last update when there is no active one. */
  readonly last: boolean;
}

/** The exit code for `--stop-at-pause`; the original does not use 8. */
const STOPPED = 8;

/**
 * Shows an update live until it has ended, and returns the exit code. Throws BAD_PARAMETER when there is none, TIMEOUT,
 * API. When the watch is interrupted the update goes on.
 */
export async function watchUpdate(
  session: Session,
  job: ClusterJobKey,
  options: WatchOptions,
): Promise<number> {
  const output = watchOutput(session, job, options);
  const scheduler = schedulerOf({ ...session, log: { ...session.log, warn: output.trouble } }, job.cluster);
  const key = await keyOf(session, scheduler, job, options);
  return followLive(session, scheduler, key, options, output);
}

async function followLive(
  session: Session,
  scheduler: SchedulerClient,
  key: UpdateKey,
  {
    wanted,
    stopAtPause,
    timeoutMs = Number.POSITIVE_INFINITY,
  }: Pick<WatchOptions, 'wanted' | 'stopAtPause' | 'timeoutMs'>,
  output: ReturnType<typeof watchOutput>,
): Promise<number> {
  const { clock, signal } = session;
  const untilMs = clock.monotonicMs() + timeoutMs;
  const looks = lookAt(session, scheduler, key);
  return leavingAlone(session, key, async () => {
    for (;;) {
      const startMs = clock.monotonicMs();
      const view = await looks();
      output.show(view);
      const code = codeOf(view, wanted, stopAtPause);
      if (code !== undefined) {
        output.end(view, code);
        return code;
      }
      const nowMs = clock.monotonicMs();
      if (nowMs >= untilMs) throw late(key);
      await sleep(clock, Math.min(pauseMs(nowMs - startMs), untilMs - nowMs), signal);
    }
  });
}

function codeOf({ status }: UpdateView, wanted: Direction, stopAtPause: boolean): number | undefined {
  if (!isActive(status)) return endCode(status, wanted);
  return stopAtPause && /PAUSED$|PULSE$/.test(status) ? STOPPED : undefined;
}

const late = ({ job }: UpdateKey) =>
  new AuroraError('TIMEOUT', `the update of ${jobKeyText(job)} is not over in time; it goes on`, {
    next: `see 'aurora update info ${jobKeyText(job)}'`,
  });

/**
 * The pause after a look, 1 to 5 s: twenty times as long as the look took, so that a watcher takes about a twentieth of
 * the scheduler's time.
 */
const pauseMs = (tookMs: number): number => Math.min(5_000, Math.max(1_000, tookMs * 20));

async function keyOf(
  session: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  { id, last }: WatchOptions,
): Promise<UpdateKey> {
  if (id !== undefined) return { job, id };
  if (!last) return activeUpdate(session, scheduler, job);
  const response = await scheduler.query('getJobUpdateSummaries', {
    jobUpdateQuery: { jobKey: wireJobKey(job) },
  });
  const created = (at: number) => Number(summaries[at]?.state?.createdTimestampMs ?? 0);
  const summaries = summariesIn(requireOk(response, session.log));
  const newest = summaries.reduce((best, _, at) => (created(at) > created(best) ? at : best), 0);
  const found = summaries[newest]?.key?.id;
  if (found === undefined) throw new AuroraError('BAD_PARAMETER', `${jobKeyText(job)} had no update yet`);
  return { job, id: found };
}

/** How often to ask the scheduler why instances are pending. */
const REASONS_EVERY_MS = 5_000;

/** Looks at an update: reads its record, and the tasks of the instances that are in progress or failed. */
function lookAt(session: Session, scheduler: SchedulerClient, key: UpdateKey) {
  const { clock, log } = session;
  let reasons: ReadonlyMap<number, string> = new Map();
  const outputs = new Map<string, LastLines>();
  let reasonsMs = Number.NEGATIVE_INFINITY;
  return async (): Promise<UpdateView> => {
    const details = await detailsOf(session, scheduler, key);
    const interesting = interestingInstances(details.instanceEvents ?? []);
    let tasks: readonly ListedTask[] = [];
    if (interesting.length > 0) {
      const response = await scheduler.query('getTasksWithoutConfigs', {
        query: jobQuery(key.job, interesting),
      });
      tasks = tasksIn(requireOk(response, log));
    }
    const view = updateView(details, tasks, { reasons, outputs }, clock.nowMs());
    const isPending = view.instances.some(({ phase }) => phase === 'pending');
    const asksWhy = isPending && clock.monotonicMs() - reasonsMs >= REASONS_EVERY_MS;
    if (asksWhy) {
      reasonsMs = clock.monotonicMs();
      reasons = await pendingReasons(scheduler, wireJobKey(key.job), tasks);
    }
    const unread = failedTasks(view).slice(0, MOST_READ - outputs.size);
    await Promise.all(
      unread.map(async ({ taskId, process }) =>
        outputs.set(taskId, await lastLines(session, scheduler, taskId, process)),
      ),
    );
    return asksWhy || unread.length > 0
      ? updateView(details, tasks, { reasons, outputs }, clock.nowMs())
      : view;
  };
}

/** The number of failed tasks whose output is read in one watch; the first failures show what is wrong. */
const MOST_READ = 10;

/**
 * The failed tasks whose output has not been read yet, each with the name of the process that its failure message
 * mentions.
 */
function failedTasks({ failures, instances }: UpdateView) {
  const all = [
    ...failures,
    ...instances.map(({ lastFailedTask, lastFailure = '', output }) => ({
      taskId: lastFailedTask,
      reason: lastFailure,
      output,
    })),
  ];
  return all.flatMap(({ taskId, reason, output }) =>
    taskId && !output ? [{ taskId, process: /process "([^"]+)" failed/.exec(reason)?.[1] }] : [],
  );
}

type InstanceEvents = NonNullable<Awaited<ReturnType<typeof detailsOf>>['instanceEvents']>;

const SETTLED = new Set(['INSTANCE_UPDATED', 'INSTANCE_ROLLED_BACK']);

function interestingInstances(events: InstanceEvents): readonly number[] {
  const last = new Map(events.map(({ instanceId = 0, action }) => [instanceId, action]));
  const failed = events
    .filter(({ action }) => action?.endsWith('_FAILED'))
    .map(({ instanceId = 0 }) => instanceId);
  const open = [...last].filter(([, action]) => !SETTLED.has(action ?? '')).map(([instance]) => instance);
  return [...new Set([...open, ...failed])].sort((a, b) => a - b);
}
