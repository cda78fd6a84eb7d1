import {
  type AssignedTask,
  type JobKey,
  type JobUpdateKey,
  type ScheduledTask,
  type TaskConfig,
  toNumber,
} from '../../api/index.ts';
import { wasIn } from '../state/task-history.ts';
import { configKey } from '../storage/canonical.ts';
import type { ReadStores, WriteStores } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';
import type { InstanceFacts } from './instance.ts';
import { type Run, runOf } from './run.ts';
import { workingDirection } from './statuses.ts';
import type { TaskWaits } from './task-waits.ts';

/**
 * The runs of the updates that are changing instances now. Each is built from the stores when it is first asked for.
 */
export interface ActiveRuns {
  /** The job's run; undefined when no update is changing its instances. */
  ofJob(stores: ReadStores, job: JobKey): ActiveRun | undefined;
  /** Forgets the run because it has changed, ended or may be wrong; the next use builds it again. */
  drop(job: JobKey): void;
  /** Counts a failed attempt of an instance. To be called in the transaction that ends the task. */
  ended(tx: WriteStores, task: ScheduledTask): void;
}

export interface ActiveRun {
  readonly key: JobUpdateKey;
  readonly run: Run;
}

const isSame = (a: TaskConfig, b: TaskConfig): boolean => a === b || configKey(a) === configKey(b);

const isWanted = ({ outgoing }: Run, wanted: TaskConfig, { taskId, task }: AssignedTask): boolean =>
  !outgoing.has(taskId) && isSame(wanted, task);

/** Collects what `judge` needs to know about an instance. */
export function factsOf(
  stores: ReadStores,
  { key, run }: ActiveRun,
  instanceId: number,
  waits: TaskWaits,
): InstanceFacts {
  const wanted = run.wanted(instanceId);
  const failures = stores.jobUpdates.failuresOf(key, run.direction, instanceId);
  const task = stores.tasks.activeInstance(key.job, instanceId);
  if (!task) return { wanted: wanted !== undefined, failures };
  const { assignedTask, status, taskEvents } = task;
  const since = status === 'RUNNING' ? taskEvents.at(-1) : taskEvents[0];
  return {
    wanted: wanted !== undefined,
    failures,
    task: {
      right: wanted !== undefined && isWanted(run, wanted, assignedTask),
      status,
      ageMs: waits.ageMs(key, instanceId, assignedTask.taskId, toNumber(since?.timestamp ?? 0)),
    },
  };
}

export function activeRuns(): ActiveRuns {
  const runs = new Map<string, ActiveRun>();

  const ofJob = (stores: ReadStores, job: JobKey): ActiveRun | undefined => {
    const text = jobKeyText(job);
    const known = runs.get(text);
    if (known) return known;
    const key = stores.jobUpdates.activeOf(job);
    const direction = key && workingDirection(stores.jobUpdates.status(key));
    if (!direction) return undefined;
    // Costs as much as the update has events, but only once whenever it begins or resumes.
    const details = stores.jobUpdates.get(key)!;
    const { instructions } = details.update;
    const progress = stores.jobUpdates.progress(key);
    const made = { key, run: runOf(instructions, direction, details.instanceEvents, progress) };
    runs.set(text, made);
    return made;
  };

  return {
    ofJob,
    drop: (job) => void runs.delete(jobKeyText(job)),
    ended(tx, task) {
      const { instanceId, task: config } = task.assignedTask;
      const active = ofJob(tx, config.job);
      // A task that was being killed was ended on purpose, which says nothing about its configuration.
      if (!active?.run.working.has(instanceId) || wasIn(task, 'KILLING')) return;
      const wanted = active.run.wanted(instanceId);
      if (wanted && isWanted(active.run, wanted, task.assignedTask))
        tx.jobUpdates.addFailure(active.key, active.run.direction, instanceId);
    },
  };
}
