import { type ScheduleStatus, TERMINAL_STATES } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { TaskStatus } from '../../mesos/index.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Restoration } from '../storage/index.ts';

/** What to do with a running task that is not in our state. */
export type UnknownTaskPolicy = 'kill' | 'keep';

/**
 * The flag decides. Without it such a task is killed, as in the original, unless the state was restored from a backup,
 * which may simply be too old to know the task.
 */
export const unknownTaskPolicy = (
  flag: UnknownTaskPolicy | undefined,
  restoration: Restoration | undefined,
): UnknownTaskPolicy => flag ?? (restoration ? 'keep' : 'kill');

/** What the status of a task that is not in our state tells: 'runs' or, for others, see unknownTaskAction. */
const MEANING: { readonly [S in ScheduleStatus]?: 'runs' } = {
  ASSIGNED: 'runs',
  STARTING: 'runs',
  RUNNING: 'runs',
};

/** What to do on an update of a task that is not in our state. `forget` means that it has ended. */
export function unknownTaskAction(
  status: ScheduleStatus,
  policy: UnknownTaskPolicy,
): 'kill' | 'keep' | 'forget' | 'nothing' {
  if (MEANING[status] === 'runs') return policy;
  return TERMINAL_STATES.has(status) ? 'forget' : 'nothing';
}

/** A running task that is not in our state and is left running. */
export interface UnknownTask {
  readonly taskId: string;
  readonly agentId: string | undefined;
  /** Mesos' name of the state in the latest report. */
  readonly state: string;
  /** When this scheduler first heard of it, in epoch milliseconds. */
  readonly sinceMs: number;
}

export interface UnknownTasks {
  /** Handles an update of a task that is not in our state; returns whether the task is left running. */
  reported(update: TaskStatus, status: ScheduleStatus): boolean;
  /** The unknown tasks that still run, as far as this scheduler knows. */
  kept(): Iterable<UnknownTask>;
}

export interface UnknownTasksOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'gauge'>;
  readonly policy: UnknownTaskPolicy;
}

/** Remembers kept unknown tasks until they end; after a restart Mesos reports them again. */
export function unknownTasks({ clock, counters, log, policy }: UnknownTasksOptions): UnknownTasks {
  const kept = new Map<string, UnknownTask>();
  counters.gauge('unknown_tasks_kept', () => kept.size);
  return {
    reported({ task_id: { value: taskId }, agent_id: agent, state }, status) {
      const action = unknownTaskAction(status, policy);
      if (action === 'forget') kept.delete(taskId);
      if (action !== 'keep') return false;
      const known = kept.get(taskId);
      const agentId = agent?.value;
      kept.set(taskId, { taskId, agentId, state, sinceMs: known?.sinceMs ?? clock.nowMs() });
      if (!known)
        log.warn(
          { taskId, agentId },
          'an unknown task runs and is kept; see /unknowntasks, and -unknown_tasks to have such tasks killed',
        );
      return true;
    },
    kept: () => kept.values(),
  };
}
