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
  /** How long after the first explicit run the first implicit one begins. */
  readonly reconciliationScheduleSpreadMs: number;
  /** Tasks that one call names. */
  readonly reconciliationBatchSize: number;
  /** Between two calls of one run. */
  readonly reconciliationBatchIntervalMs: number;
}

export interface ReconciliationOptions {
  readonly clock: Clock;
  readonly counters: Pick<Counters, 'add'>;
  readonly storage: Storage;
  readonly calls: Pick<MesosCalls, 'reconcile'>;
  readonly settings: ReconciliationSettings;
  /** Whether a task's launch has not reached Mesos yet: asked about it, Mesos would say that there is no such task. */
  launching(taskId: string): boolean;
}

export interface Reconciliation {
  /** Asks Mesos for the state of every task that has an agent, in batches; replaces a run under way. */
  explicit(batchSize?: number): void;
  /** Asks Mesos for the state of all tasks that it knows; those that we do not know are killed when they answer. */
  implicit(): void;
  /** Asks Mesos at once for the state of every task on an agent that it reported a failure of, or of one executor there. */
  ofAgent(agentId: string, executorId?: string): void;
  /** Begins the periodic runs of both kinds. */
  start(): void;
  close(): void;
}

/** Tasks that are looked at for one call; a million stored ones take many steps. */
const MAX_LOOKED_AT = 50_000;

/**
 * Keeps what we know and what Mesos knows together: at every subscription, because updates that Mesos sent while
 * nobody listened are gone, and a launch or a kill may never have arrived; and from time to time.
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

  /** Calls for the next tasks of the walk, of which `left` are still to be looked at. */
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
    // An empty list would be an implicit reconciliation.
    if (tasks.length > 0) calls.reconcile(tasks);
    if (looked === 0 || looked === left) return;
    const waitMs = tasks.length > 0 ? settings.reconciliationBatchIntervalMs : 0;
    after('batch', waitMs, () => batch(walk, left - looked, size));
  };
  const explicit = (batchSize = settings.reconciliationBatchSize) => {
    timers.get('batch')?.cancel();
    counters.add('reconciliation_explicit_runs');
    // The walk goes on over the live store: a task that ends before its turn is left out, and those that come after
    // the start are behind the end.
    storage.read(({ tasks }) => batch(tasks.all()[Symbol.iterator](), tasks.size, batchSize));
  };
  const ofAgent = (agentId: string, executorId?: string) => {
    counters.add('reconciliation_agent_runs');
    const found = storage.read(({ hosts, tasks }) => {
      const host = hosts.ofAgent(agentId)?.host;
      return host === undefined ? undefined : tasks.onHost(host);
    });
    // An agent that no offer ever came from; what it may have, only a walk over all tasks finds.
    if (!found) return explicit();
    const here = found.filter((task) => {
      const { slaveId, taskId } = task.assignedTask;
      // An executor has the id of its task, behind a prefix.
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
