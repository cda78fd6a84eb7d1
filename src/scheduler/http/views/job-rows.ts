import { ACTIVE_STATES, type JobConfiguration, type JobKey, type ScheduledTask } from '../../../api/index.ts';
import type { LastFailure } from '../../../api/views/cluster.ts';
import type { JobRow } from '../../../api/views/jobs.ts';
import type { Clock } from '../../../base/clock.ts';
import { turns } from '../../../base/turns.ts';
import type { StateEvent, StateEvents } from '../../state/index.ts';
import type { ReadStores, Storage } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { isProduction, type Tiers } from '../../tiers.ts';
import { lastFailure, madeMs, sinceMs } from './task-times.ts';

/** A job's row in lists. The time of its next run is left out, because it changes by the clock alone. */
export interface KeptRow extends Omit<JobRow, 'nextRunMs'> {
  readonly role: string;
}

interface JobRowsSettings {
  readonly clock: Clock;
  readonly events: StateEvents;
  readonly storage: Pick<Storage, 'read'>;
  readonly tiers: Tiers;
}

/**
 * The rows of all jobs. Each is made from the job's tasks when it is first asked for, and cached until one of them
 * changes.
 */
export interface JobRows {
  of(key: JobKey): KeptRow | undefined;
  /** The rows of a role, or of all roles. Pauses now and then, so that other work gets its turn. */
  all(role?: string): Promise<readonly KeptRow[]>;
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

function makeRow(stores: ReadStores, key: JobKey, tiers: Tiers): KeptRow | undefined {
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

/** The jobs whose row may be different after this event. */
function* jobsOf(event: StateEvent): Generator<JobKey> {
  if (event.kind === 'taskStateChanged') yield event.task.assignedTask.task.job;
  else if (event.kind === 'tasksDeleted')
    for (const { assignedTask } of event.tasks) yield assignedTask.task.job;
  else if (event.kind === 'updateChanged') yield event.key.job;
  else if (event.kind === 'cronRunDecided') yield event.job;
}

interface Kept {
  readonly row: KeptRow;
  /** The template that the row was made from; a change of it comes without an event, but is another object. */
  readonly cron: JobConfiguration | undefined;
}

/** How many kept rows are collected between two looks at the clock. */
const ROWS_BETWEEN_LOOKS = 256;

/**
 * Creates the cache. It follows the events for as long as the scheduler lives and holds a row for each job that was
 * asked for.
 */
export function jobRows({ clock, events, storage, tiers }: JobRowsSettings): JobRows {
  const kept = new Map<string, Kept>();
  /** Texts of stored keys, which are shared objects: making ten thousand texts costs more than all the rest. */
  const texts = new WeakMap<JobKey, string>();
  const textOf = (key: JobKey): string => {
    const known = texts.get(key) ?? jobKeyText(key);
    texts.set(key, known);
    return known;
  };
  events.subscribe((event) => {
    // Every change of every task arrives here, and mostly nobody looks at the page.
    if (kept.size === 0) return;
    for (const key of jobsOf(event)) kept.delete(textOf(key));
  });
  const made = (text: string, key: JobKey, cron: JobConfiguration | undefined): KeptRow | undefined => {
    const row = storage.read((stores) => makeRow(stores, key, tiers));
    if (row) kept.set(text, { row, cron });
    else kept.delete(text);
    return row;
  };
  const valid = (text: string, cron: JobConfiguration | undefined): KeptRow | undefined => {
    const known = kept.get(text);
    return known && known.cron === cron ? known.row : undefined;
  };
  return {
    of(key) {
      const text = jobKeyText(key);
      const cron = storage.read(({ cronJobs }) => cronJobs.get(key));
      return valid(text, cron) ?? made(text, key, cron);
    },
    async all(role) {
      const crons = new Map<string, JobConfiguration>();
      const keys: JobKey[] = [];
      storage.read(({ cronJobs, tasks }) => {
        for (const cron of role === undefined ? cronJobs.all() : cronJobs.ofRole(role)) {
          crons.set(textOf(cron.key), cron);
          keys.push(cron.key);
        }
        for (const key of role === undefined ? tasks.jobs() : tasks.jobsOfRole(role))
          if (crons.size === 0 || !crons.has(textOf(key))) keys.push(key);
      });
      const turn = turns(clock);
      const rows: KeptRow[] = [];
      for (const [at, key] of keys.entries()) {
        const text = textOf(key);
        const cron = crons.get(text);
        const known = valid(text, cron);
        const row = known ?? made(text, key, cron);
        if (row) rows.push(row);
        const pause = !known || at % ROWS_BETWEEN_LOOKS === 0 ? turn() : undefined;
        if (pause) await pause;
      }
      return rows;
    },
  };
}
