import { type JobUpdateSummary, toNumber } from '../../api/index.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Counters } from '../metrics/counters.ts';
import type { ReadStores, Storage } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';
import { STATUSES } from './statuses.ts';

/** The property names and defaults are those of the flags. */
export interface UpdateHistorySettings {
  readonly jobUpdateHistoryIntervalMs: number;
  readonly jobUpdateHistoryMs: number;
  readonly jobUpdateHistoryPerJob: number;
}

export interface UpdateHistoryOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add'>;
  readonly storage: Storage;
  readonly settings: UpdateHistorySettings;
}

/** Most updates deleted in one write; each may have thousands of events. */
const MAX_PER_WRITE = 100;

const startedMs = ({ state }: JobUpdateSummary): number => toNumber(state?.createdTimestampMs ?? 0);

const isOver = ({ state }: JobUpdateSummary): boolean =>
  state !== undefined && STATUSES[state.status].to.length === 0;

/**
 * The ended updates to delete: those that began too long ago, all those of jobs without tasks, and for each job all but
 * the latest of the rest. Source: the original's JobUpdateHistoryPruner.
 */
function surplus(stores: ReadStores, settings: UpdateHistorySettings, nowMs: number): JobUpdateSummary[] {
  const byJob = new Map<string, JobUpdateSummary[]>();
  for (const summary of stores.jobUpdates.summaries()) {
    if (!isOver(summary)) continue;
    const job = jobKeyText(summary.key.job);
    const known = byJob.get(job);
    if (known) known.push(summary);
    else byJob.set(job, [summary]);
  }
  const withTasks = new Set([...stores.tasks.jobs()].map(jobKeyText));
  return [...byJob].flatMap(([job, summaries]) => {
    if (!withTasks.has(job)) return summaries;
    const latest = summaries
      .filter((summary) => nowMs - startedMs(summary) <= settings.jobUpdateHistoryMs)
      .sort((a, b) => startedMs(b) - startedMs(a));
    const kept = new Set(latest.slice(0, settings.jobUpdateHistoryPerJob));
    return summaries.filter((summary) => !kept.has(summary));
  });
}

/**
 * Deletes old updates from time to time, from memory and from the log.
 * @returns a function that stops it.
 */
export function startUpdateHistory({
  clock,
  counters,
  log,
  settings,
  storage,
}: UpdateHistoryOptions): () => void {
  let timer: Timer;
  let stopped = false;
  const look = async () => {
    const old = storage.read((stores) => surplus(stores, settings, clock.nowMs()));
    for (let from = 0; from < old.length && !stopped; from += MAX_PER_WRITE) {
      const keys = old.slice(from, from + MAX_PER_WRITE).map(({ key }) => key);
      const forgotten = await storage.write(({ jobUpdates }) => keys.filter(jobUpdates.delete).length);
      counters.add('job_updates_pruned', forgotten);
    }
  };
  const arm = () => {
    timer = clock.after(settings.jobUpdateHistoryIntervalMs, () => {
      look()
        .catch((error) => {
          counters.add('job_update_delete_errors');
          log.error({ error: messageOf(error) }, 'old updates were not forgotten');
        })
        .finally(() => {
          if (!stopped) arm();
        });
    });
  };
  arm();
  return () => {
    stopped = true;
    timer.cancel();
  };
}
