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

/** The runs of updates that are changing instances now. Each is made from the stores when it is first asked for. */
export interface ActiveRuns {
  /** The job's run; undefined when no update is changing its instances. */
  ofJob(stores: ReadStores, job: JobKey): ActiveRun | undefined;
  /** The run is another one now, or over, or not to be trusted: the next one is made anew. */
  drop(job: JobKey): void;
  /** Counts a try of an instance that failed; to be called in the transaction that ended the task. */
  ended(tx: WriteStores, task: ScheduledTask): void;
}

export interface ActiveRun {
  readonly key: JobUpdateKey;
  readonly run: Run;
}

const isSame = (a: TaskConfig, b: TaskConfig): boolean => a === b || configKey(a) === configKey(b);

const isWanted = ({ outgoing }: Run, wanted: TaskConfig, { taskId, task }: AssignedTask): boolean =>
  !outgoing.has(taskId) && isSame(wanted, task);

/** What is to be known of an instance to judge it. */
export function factsOf(stores: ReadStores, { key, run }: ActiveRun, instanceId: number): InstanceFacts {
  const wanted = run.wanted(instanceId);
  const failures = stores.jobUpdates.failuresOf(key, run.direction, instanceId);
  const task = stores.tasks.activeInstance(key.job, instanceId);
  if (!task) return { wanted: wanted !== undefined, failures };
  const { assignedTask, status, taskEvents } = task;
  return {
    wanted: wanted !== undefined,
    failures,
    task: {
      right: wanted !== undefined && isWanted(run, wanted, assignedTask),
      status,
      sinceMs: toNumber(taskEvents.at(-1)?.timestamp ?? 0),
      madeMs: toNumber(taskEvents[0]?.timestamp ?? 0),
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
    // Costs the number of the update's events: once, whenever it begins or goes on.
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
      // Somebody ended a task that is being killed: that says nothing about the configuration.
      if (!active?.run.working.has(instanceId) || wasIn(task, 'KILLING')) return;
      const wanted = active.run.wanted(instanceId);
      if (wanted && isWanted(active.run, wanted, task.assignedTask))
        tx.jobUpdates.addFailure(active.key, active.run.direction, instanceId);
    },
  };
}
