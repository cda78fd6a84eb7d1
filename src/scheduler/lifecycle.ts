import type { Logger } from '../base/log.ts';
import type { Counters } from './metrics/counters.ts';

/** The stages of a scheduler's life. The names are the original's. */
export type LifecycleState =
  | 'IDLE'
  | 'PREPARING_STORAGE'
  | 'STORAGE_PREPARED'
  | 'LEADER_AWAITING_REGISTRATION'
  | 'ACTIVE'
  | 'DEAD';

/** The possible transitions. Losing Mesos is none of them: the session comes back by itself. */
const NEXT: Readonly<Record<LifecycleState, readonly LifecycleState[]>> = {
  IDLE: ['PREPARING_STORAGE'],
  PREPARING_STORAGE: ['STORAGE_PREPARED', 'DEAD'],
  STORAGE_PREPARED: ['LEADER_AWAITING_REGISTRATION', 'DEAD'],
  LEADER_AWAITING_REGISTRATION: ['ACTIVE', 'DEAD'],
  ACTIVE: ['DEAD'],
  DEAD: [],
};

export interface SchedulerLifecycle {
  state(): LifecycleState;
  /** Makes the transition if the table allows it; otherwise returns false and does nothing. */
  to(next: LifecycleState): boolean;
}

/** @param entered called after every transition. */
export function lifecycle(
  counters: Counters,
  log: Logger,
  entered: (state: LifecycleState) => void = () => {},
): SchedulerLifecycle {
  let state: LifecycleState = 'IDLE';
  for (const name of Object.keys(NEXT))
    counters.gauge(`scheduler_lifecycle_${name}`, () => (state === name ? 1 : 0));
  return {
    state: () => state,
    to(next) {
      if (!NEXT[state].includes(next)) return false;
      log.info({ from: state, to: next }, 'lifecycle');
      state = next;
      entered(next);
      return true;
    },
  };
}
