import { type ScheduledTask, SLAVE_ASSIGNED_STATES } from '../../api/index.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import type { MesosCalls, TaskOnAgent } from '../mesos/mesos-calls.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Storage } from '../storage/index.ts';

/** Names and defaults are those of the flags. */
export interface ReconciliationSettings {
  readonly reconciliationInitialDelayMs: number;
  readonly reconciliationExplicitIntervalMs: number;
  readonly reconciliationImplicitIntervalMs: number;
  /** Time from the first explicit run to the first implicit one. */
  readonly reconciliationScheduleSpreadMs: number;
  /** The number of tasks in one call. */
  readonly reconciliationBatchSize: number;
  /** The pause between two calls of one run. */
  readonly reconciliationBatchIntervalMs: number;
}

export interface ReconciliationOptions {
  readonly clock: Clock;
  readonly counters: Pick<Counters, 'add'>;
  readonly storage: Storage;
  readonly calls: Pick<MesosCalls, 'reconcile'>;
  readonly settings: ReconciliationSettings;
  /** Whether a task's launch has not reached Mesos yet; if asked about it, Mesos would say that there is no such task. */
  launching(taskId: string): boolean;
}

export interface Reconciliation {
  /** Asks Mesos for the state of every task that has an agent, in batches; replaces a run under way. */
  explicit(batchSize?: number): void;
  /** Asks Mesos for the state of all tasks that it knows; tasks that we do not know are then killed. */
  implicit(): void;
  /** Asks Mesos at once about every task on an agent that it reported as failed, or of one executor on that agent. */
  ofAgent(agentId: string, executorId?: string): void;
  /** Starts the periodic runs of both kinds. */
  start(): void;
  close(): void;
}

/** The most tasks examined for one call; with a million stored tasks a run takes many steps. */
const MAX_LOOKED_AT = 50_000;

/**
 * Keeps our state and that of Mesos consistent. Runs after every subscription, because updates sent meanwhile are lost
 * and a launch or a kill may not have arrived; and periodically.
 */
export function reconciliation(options: ReconciliationOptions): Reconciliation {
  const { calls, clock, counters, settings, storage } = options;
  const timers = new Map<'batch' | 'explicit' | 'implicit', Timer>();

  const after = (name: 'batch' | 'explicit' | 'implicit', delayMs: number, run: () => void) => {
    timers.get(name)?.cancel();
    timers.set(name, clock.after(delayMs, run));
  };
  const asked = ({ status, assignedTask }: ScheduledTask): boolean =>
    SLAVE_ASSIGNED_STATES.has(status) && !options.launching(assignedTask.taskId);

  /** Sends the call for the next tasks of the walk; `left` tasks are still to be examined. */
  const batch = (walk: Iterator<ScheduledTask>, left: number, size: number) => {
    const tasks: TaskOnAgent[] = [];
    let looked = 0;
    while (tasks.length < size && looked < MAX_LOOKED_AT && looked < left) {
      const next = walk.next();
      if (next.done) break;
      looked++;
      const { taskId, slaveId: agentId } = next.value.assignedTask;
      if (asked(next.value)) tasks.push({ taskId, agentId });
    }
    // An empty list would mean an implicit reconciliation.
    if (tasks.length > 0) calls.reconcile(tasks);
    if (looked === 0 || looked === left) return;
    const waitMs = tasks.length > 0 ? settings.reconciliationBatchIntervalMs : 0;
    after('batch', waitMs, () => batch(walk, left - looked, size));
  };
  const explicit = (batchSize = settings.reconciliationBatchSize) => {
    timers.get('batch')?.cancel();
    counters.add('reconciliation_explicit_runs');
    // The walk goes over the live store: it skips tasks that are removed before their turn, and tasks added after its
    // start come after its end.
    storage.read(({ tasks }) => batch(tasks.all()[Symbol.iterator](), tasks.size, batchSize));
  };
  const ofAgent = (agentId: string, executorId?: string) => {
    counters.add('reconciliation_agent_runs');
    const found = storage.read(({ hosts, tasks }) => {
      const host = hosts.ofAgent(agentId)?.host;
      return host === undefined ? undefined : tasks.onHost(host);
    });
    // No offer ever came from this agent, so its tasks can only be found by a walk over all tasks.
    if (!found) return explicit();
    const here = found.filter((task) => {
      const { slaveId, taskId } = task.assignedTask;
      // The id of an executor is a prefix and the id of its task.
      return slaveId === agentId && (executorId?.endsWith(taskId) ?? true) && asked(task);
    });
    const size = settings.reconciliationBatchSize;
    for (let from = 0; from < here.length; from += size)
      calls.reconcile(
        here
          .slice(from, from + size)
          .map(({ assignedTask: { taskId } }): TaskOnAgent => ({ taskId, agentId })),
      );
  };
  const implicit = () => {
    counters.add('reconciliation_implicit_runs');
    calls.reconcile([]);
  };
  const every = (name: 'explicit' | 'implicit', firstMs: number, intervalMs: number, run: () => void) => {
    const due = () => {
      after(name, intervalMs, due);
      run();
    };
    after(name, firstMs, due);
  };
  return {
    explicit,
    implicit,
    ofAgent,
    start() {
      const { reconciliationInitialDelayMs: firstMs, reconciliationScheduleSpreadMs: spreadMs } = settings;
      every('explicit', firstMs, settings.reconciliationExplicitIntervalMs, explicit);
      every('implicit', firstMs + spreadMs, settings.reconciliationImplicitIntervalMs, implicit);
    },
    close() {
      for (const timer of timers.values()) timer.cancel();
    },
  };
}
