import { SLAVE_ASSIGNED_STATES } from '../../api/index.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Storage } from '../storage/index.ts';
import type { MesosCalls, TaskOnAgent } from './calls.ts';

export interface ReconciliationOptions {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly storage: Storage;
  readonly calls: Pick<MesosCalls, 'reconcile'>;
  /** Tasks that one call names. */
  readonly batchSize: number;
  /** Between two calls of one run. */
  readonly batchIntervalMs: number;
}

export interface Reconciliation {
  /** Asks Mesos for the state of every task that has an agent, in batches; replaces a run under way. */
  explicit(): void;
  close(): void;
}

/**
 * Explicit reconciliation, run at every subscription before anything is launched in it: updates that Mesos sent while nobody listened are gone, and a
 * launch or a kill may never have arrived. A task that meanwhile left its agent is not asked for.
 */
export function reconciliation(options: ReconciliationOptions): Reconciliation {
  const { calls, clock, counters, storage } = options;
  let timer: Timer | undefined;

  const assigned = (): string[] =>
    storage
      .read((stores) => stores.tasks.inStatus(...SLAVE_ASSIGNED_STATES))
      .map((task) => task.assignedTask.taskId);
  const still = (taskIds: readonly string[]): TaskOnAgent[] =>
    storage.read((stores) =>
      taskIds.flatMap((taskId) => {
        const task = stores.tasks.get(taskId);
        return task && SLAVE_ASSIGNED_STATES.has(task.status)
          ? [{ taskId, agentId: task.assignedTask.slaveId }]
          : [];
      }),
    );
  const batch = (taskIds: readonly string[]) => {
    timer = undefined;
    const tasks = still(taskIds.slice(0, options.batchSize));
    // An empty list would be an implicit reconciliation.
    if (tasks.length > 0) calls.reconcile(tasks);
    const rest = taskIds.slice(options.batchSize);
    if (rest.length > 0) timer = clock.after(options.batchIntervalMs, () => batch(rest));
  };
  return {
    explicit() {
      timer?.cancel();
      counters.add('reconciliation_explicit_runs');
      batch(assigned());
    },
    close: () => timer?.cancel(),
  };
}
