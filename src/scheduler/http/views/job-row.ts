import { ACTIVE_STATES, type JobKey, type ScheduledTask } from '../../../api/index.ts';
import type { LastFailure } from '../../../api/views/cluster.ts';
import type { JobRow } from '../../../api/views/jobs.ts';
import type { ReadStores } from '../../storage/index.ts';
import { isProduction, type Tiers } from '../../tiers.ts';
import { lastFailure, madeMs, sinceMs } from './task-times.ts';

/** A job's row in lists. The time of its next run is left out, because it changes by the clock alone. */
export interface KeptRow extends Omit<JobRow, 'nextRunMs'> {
  readonly role: string;
}

function countedTasks(tasks: readonly ScheduledTask[]) {
  const counts: Record<string, number> = {};
  let [failed, finished, instances, changedMs] = [0, 0, 0, 0];
  let oldestPendingMs: number | undefined;
  let failure: LastFailure | undefined;
  for (const task of tasks) {
    const { status } = task;
    const atMs = sinceMs(task);
    changedMs = Math.max(changedMs, atMs);
    if (ACTIVE_STATES.has(status)) {
      counts[status] = (counts[status] ?? 0) + 1;
      instances++;
      if (status === 'PENDING') oldestPendingMs = Math.min(oldestPendingMs ?? Infinity, madeMs(task));
      continue;
    }
    const failed_ = lastFailure(task);
    if (failed_) failed++;
    else finished++;
    if (failed_ && (!failure || failed_.atMs > failure.atMs)) failure = failed_;
  }
  return {
    counts,
    failed,
    finished,
    instances,
    changedMs,
    ...(oldestPendingMs === undefined ? {} : { oldestPendingMs }),
    ...(failure ? { failure } : {}),
  };
}

function updateOf({ jobUpdates }: ReadStores, key: JobKey): JobRow['update'] {
  const active = jobUpdates.activeOf(key);
  const status = active && jobUpdates.status(active);
  return active && status ? { id: active.id, status } : undefined;
}

/** Makes a job's row from its tasks, its template and its update; undefined when there is no such job. */
export function makeRow(stores: ReadStores, key: JobKey, tiers: Tiers): KeptRow | undefined {
  const cron = stores.cronJobs.get(key);
  const tasks = stores.tasks.ofJob(key);
  const newest = tasks.reduce<ScheduledTask | undefined>(
    (best, task) => (best && madeMs(best) >= madeMs(task) ? best : task),
    undefined,
  );
  const config = cron?.taskConfig ?? newest?.assignedTask.task;
  if (!config) return undefined;
  const counted = countedTasks(tasks);
  const tier = config.tier ?? tiers.defaultName;
  const settings = tiers.byName.get(tier);
  const update = updateOf(stores, key);
  return {
    role: key.role,
    environment: key.environment,
    name: key.name,
    kind: cron ? 'cron' : config.isService ? 'service' : 'adhoc',
    tier,
    production: settings !== undefined && isProduction(settings),
    ...counted,
    instances: cron ? cron.instanceCount : counted.instances,
    ...(update ? { update } : {}),
  };
}
