import type { JobConfiguration, JobKey } from '../../api/index.ts';
import type { Counters } from '../metrics/counters.ts';
import type { StateEvents, StateManager } from '../state/index.ts';
import type { CronProgress } from '../storage/cron-progress-store.ts';
import type { ReadStores, WriteTransaction } from '../storage/index.ts';
import { decideTrigger, runStarted, type Trigger } from './progress.ts';

/** The user named in task events when a cron run kills the one before it. Source: the original. */
const CRON_USER = 'cronScheduler';

export interface CronRunsSettings {
  readonly state: StateManager;
  readonly counters: Pick<Counters, 'add'>;
  readonly events: Pick<StateEvents, 'publish'>;
}

/** Starts runs of cron jobs. Every function works inside a transaction and saves what it decided. */
export interface CronRuns {
  trigger(tx: WriteTransaction, job: JobConfiguration, progress: CronProgress, trigger: Trigger): void;
  /** Starts the waiting run if the tasks before it have ended; otherwise does nothing. */
  proceed(tx: WriteTransaction, key: JobKey, nowMs: number): void;
}

/** Costs as much as the job has configurations, however many tasks there are. */
function hasActive({ tasks }: ReadStores, key: JobKey): boolean {
  for (const [, count] of tasks.activeConfigsOf(key)) if (count > 0) return true;
  return false;
}

export function cronRuns({ state, counters, events }: CronRunsSettings): CronRuns {
  const save = (tx: WriteTransaction, progress: CronProgress) => {
    tx.cronProgress.save(progress);
    const run = progress.waiting ?? progress.runs.at(-1);
    if (run) tx.afterCommit(() => events.publish({ kind: 'cronRunDecided', job: progress.job, run }));
  };
  const begin = (tx: WriteTransaction, job: JobConfiguration, progress: CronProgress, trigger: Trigger) => {
    const instances = Array.from({ length: job.instanceCount }, (_, instance) => instance);
    state.insertPendingTasks(tx, job.taskConfig, instances);
    save(tx, runStarted(progress, trigger));
  };
  return {
    trigger(tx, job, before, trigger) {
      // Counted after the commit, because a write that another job spoils is undone and repeated.
      const count = (name: string) => tx.afterCommit(() => counters.add(name));
      count('cron_job_triggers');
      const { progress, action, outcome } = decideTrigger(before, trigger, {
        active: hasActive(tx, job.key),
        policy: job.cronCollisionPolicy ?? 'KILL_EXISTING',
      });
      if (outcome === 'WAITING' || outcome === 'CANCELLED') count('cron_job_collisions');
      if (outcome === 'CANCELLED') count('cron_ticks_cancelled');
      if (outcome === 'IGNORED') count('cron_job_concurrent_runs');
      if (action === 'start') return begin(tx, job, progress, trigger);
      save(tx, progress);
      if (action === 'nothing') return;
      for (const { assignedTask } of tx.tasks.activeOf(job.key))
        state.changeState(tx, {
          taskId: assignedTask.taskId,
          to: 'KILLING',
          message: `Killed by ${CRON_USER}`,
        });
      // Pending tasks are gone at once, so the run may be able to start already.
      if (!hasActive(tx, job.key)) begin(tx, job, progress, trigger);
    },
    proceed(tx, key, nowMs) {
      const progress = tx.cronProgress.get(key);
      const job = tx.cronJobs.get(key);
      // Uses the job as it is now, which may have changed since the tick.
      if (progress?.waiting && job && !hasActive(tx, key)) begin(tx, job, progress, { nowMs });
    },
  };
}
