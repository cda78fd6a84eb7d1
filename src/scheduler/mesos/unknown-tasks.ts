import { type ScheduleStatus, TERMINAL_STATES } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { TaskStatus } from '../../mesos/index.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Restoration } from '../storage/index.ts';

/** What is done with a running task that is not in the state. */
export type UnknownTaskPolicy = 'kill' | 'keep';

/**
 * The flag decides; without it such a task is killed, as the original does, unless the state came out of a backup: that
 * one may only be too old to know it.
 */
export const unknownTaskPolicy = (
  flag: UnknownTaskPolicy | undefined,
  restoration: Restoration | undefined,
): UnknownTaskPolicy => flag ?? (restoration ? 'keep' : 'kill');

/** What an update says about a task that is not in the state: it runs, it has ended, or nothing is certain. */
const MEANING: { readonly [S in ScheduleStatus]?: 'runs' } = {
  ASSIGNED: 'runs',
  STARTING: 'runs',
  RUNNING: 'runs',
};

/** What to do about an update of a task that is not in the state. `forget`: it has ended. */
export function unknownTaskAction(
  status: ScheduleStatus,
  policy: UnknownTaskPolicy,
): 'kill' | 'keep' | 'forget' | 'nothing' {
  if (MEANING[status] === 'runs') return policy;
  return TERMINAL_STATES.has(status) ? 'forget' : 'nothing';
}

/** A running task that nobody here knows, and that is let be. */
export interface UnknownTask {
  readonly taskId: string;
  readonly agentId: string | undefined;
  /** As Mesos calls it, at the latest report. */
  readonly state: string;
  /** When this scheduler was first told of it; epoch milliseconds. */
  readonly sinceMs: number;
}

export interface UnknownTasks {
  /** Told of an update of a task that is not in the state; true when the task is to be let be. */
  reported(update: TaskStatus, status: ScheduleStatus): boolean;
  /** Those that run, by this scheduler's knowledge. */
  kept(): Iterable<UnknownTask>;
}

export interface UnknownTasksOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'gauge'>;
  readonly policy: UnknownTaskPolicy;
}

/** Remembers the unknown tasks that are kept, until they end; after a restart Mesos tells of them again. */
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
