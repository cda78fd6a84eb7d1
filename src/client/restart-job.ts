import { sleep } from '../base/clock.ts';
import { AuroraError } from '../base/errors.ts';
import { requireActive } from './active-tasks.ts';
import { hooked } from './hooks/call-hooks.ts';
import { loadJob } from './job-config.ts';
import { type ClusterInstanceKey, type ClusterJobKey, jobKeyText, wireJobKey } from './job-key.ts';
import { joinedMessages, requireOk } from './response.ts';
import type { RestartOptions } from './restart-options.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { showJobPage } from './show-page.ts';
import { activeQuery, instanceOf, instancesOf, instancesText, jobQuery, tasksIn } from './tasks.ts';
import { type WaitProgress, withProgress } from './wait-progress.ts';

/**
 * Restarts instances in batches. The scheduler does it where it can; otherwise the client does it and watches each
 * instance, and tries those that fail again at the end. Throws BAD_PARAMETER, API when the scheduler refuses, and
 * COMMAND_FAILED when too many instances fail.
 */
export async function restartJob(
  session: Session,
  { job, instances }: ClusterInstanceKey,
  options: RestartOptions,
): Promise<void> {
  if (options.maxTotalFailures < 0) {
    throw new AuroraError(
      'BAD_PARAMETER',
      `max_total_failures option must be >0, but you specified ${options.maxTotalFailures}`,
    );
  }
  const scheduler = schedulerOf(session, job.cluster);
  if (instances && options.strict) await requireActive(session, scheduler, job, instances);
  const { batchSize, configFile, maxPerInstanceFailures, maxTotalFailures, watchMs } = options;
  const file =
    configFile === undefined
      ? undefined
      : await loadJob(session, () => scheduler, job, configFile, options.config);
  const { restartOnScheduler } = await import('./scheduler-restart.ts');
  const settings = { batchSize, watchMs, maxPerInstanceFailures, maxTotalFailures };
  let restarted: readonly number[] = [];
  await hooked(session, { method: 'restart', job, file, about: { instances, settings } }, async () => {
    restarted =
      (await restartOnScheduler(session, scheduler, { job, instances }, options)) ??
      (await restartByClient(session, scheduler, job, instances, options));
    return { responseCode: 'OK', details: [] };
  });
  session.print(`Job ${jobKeyText(job)} restarted successfully\n`);
  session.give?.({ job: jobKeyText(job), restarted });
  if (options.openBrowser) await showJobPage(session, scheduler, job);
}

async function restartByClient(
  session: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  wanted: readonly number[] | undefined,
  options: RestartOptions,
): Promise<readonly number[]> {
  const { log } = session;
  const header = `Error restarting job ${jobKeyText(job)}:`;
  const active = await scheduler.query('getTasksWithoutConfigs', { query: activeQuery(job) });
  const all = wanted ?? instancesOf(tasksIn(requireOk(active, log, { header })));
  if (all.length === 0) {
    log.info({}, `No instances specified, and no active instances found in job ${jobKeyText(job)}`);
    log.info({}, 'Nothing to do.');
    return [];
  }
  const goesOn = (done: number) =>
    `${done} of ${all.length} instances are restarted, and the batch of ${options.batchSize} at hand is, unwatched; the others stay as they are.`;
  const subject = { job, goal: 'restarted', total: all.length, goesOn };
  return withProgress(session, scheduler, subject, (own, progress) =>
    restartAll(own, scheduler, job, all, { ...options, progress }),
  );
}

async function restartAll(
  session: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  all: readonly number[],
  options: WatchedRestart,
): Promise<readonly number[]> {
  const { log } = session;
  const header = `Error restarting job ${jobKeyText(job)}:`;
  log.info({}, `Performing rolling restart of job ${jobKeyText(job)} (instances: ${instancesText(all)})`);
  const failures = new Map<number, number>();
  for (let left = [...all]; left.length > 0; ) {
    const batch = left.slice(0, options.batchSize);
    left = left.slice(options.batchSize);
    log.info({}, `Restarting instances: ${instancesText(batch)}`);
    const response = await scheduler.query('restartShards', { job: wireJobKey(job), shardIds: batch });
    if (response.responseCode !== 'OK')
      log.error({}, `Error restarting instances: ${joinedMessages(response)}`);
    requireOk(response, log, { header });
    const failed = await watch(session, scheduler, job, batch, options);
    for (const instance of failed) failures.set(instance, (failures.get(instance) ?? 0) + 1);
    requireWithin(session, job, failures, options);
    left.push(...failed);
    options.progress.advance(batch.length - failed.length);
  }
  log.info({}, 'All instances were restarted successfully');
  return all;
}

type WatchedRestart = RestartOptions & { readonly progress: WaitProgress };

/**
 * Throws when too many instances have failed. An instance counts when it failed more often than
 * `maxPerInstanceFailures`.
 */
function requireWithin(
  { log }: Session,
  job: ClusterJobKey,
  failures: ReadonlyMap<number, number>,
  { maxPerInstanceFailures, maxTotalFailures }: RestartOptions,
): void {
  const over = [...failures].filter(([, count]) => count > maxPerInstanceFailures);
  if (over.length <= maxTotalFailures) return;
  log.error({}, `${over.length} failed instances observed, maximum allowed is ${maxTotalFailures}`);
  for (const [instance, count] of over) {
    const allowed = `maximum allowed is ${maxPerInstanceFailures}`;
    log.error({}, `${count} instance failures for instance ${instance}, ${allowed}`);
  }
  log.info({}, 'Restart failures threshold reached. Aborting');
  throw new AuroraError(
    'COMMAND_FAILED',
    `Restart of ${jobKeyText(job)} was given up: instances ${instancesText(over.map(([instance]) => instance))} did not stay up`,
    { next: `see 'aurora job status ${jobKeyText(job)}'` },
  );
}

/**
 * Watches a batch and returns the instances that failed. An instance is done when it has stayed RUNNING for `watchMs`;
 * it has failed when another task replaced it, or when it was not RUNNING within `startTimeoutMs`.
 */
async function watch(
  { clock, log, signal }: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  batch: readonly number[],
  { watchMs, pollMs, progress, startTimeoutMs = Number.POSITIVE_INFINITY }: WatchedRestart,
): Promise<readonly number[]> {
  log.info({}, `Watching instances: ${instancesText(batch)}`);
  const startMs = clock.monotonicMs();
  const seen = new Map<number, { readonly taskId: string | undefined; readonly sinceMs: number }>();
  const open = new Set(batch);
  const failed: number[] = [];
  const end = (instance: number, isHealthy: boolean) => {
    open.delete(instance);
    if (!isHealthy) failed.push(instance);
    const what = isHealthy
      ? `has been up and healthy for at least ${watchMs / 1000} seconds`
      : 'is unhealthy';
    log.info({}, `Instance ${instance} ${what}`);
  };
  for (;;) {
    const query = { ...jobQuery(job, batch), statuses: ['RUNNING' as const] };
    const response = await scheduler.query('getTasksWithoutConfigs', { query });
    const nowMs = clock.monotonicMs();
    const running = tasksIn(requireOk(response, log));
    await progress.show(running, new Set());
    for (const task of running) {
      const instance = instanceOf(task);
      if (!open.has(instance)) continue;
      const known = seen.get(instance);
      const taskId = task.assignedTask?.taskId;
      if (!known) {
        log.info({}, `Detected RUNNING instance ${instance}`);
        seen.set(instance, { taskId, sinceMs: nowMs });
      } else if (known.taskId !== taskId) end(instance, false);
      else if (nowMs - known.sinceMs > watchMs) end(instance, true);
    }
    if (nowMs - startMs > startTimeoutMs)
      for (const instance of [...open]) if (!seen.has(instance)) end(instance, false);
    if (open.size === 0) return failed;
    await sleep(clock, pollMs, signal);
  }
}
