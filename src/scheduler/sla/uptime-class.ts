import type { ScheduleStatus } from '../../api/index.ts';

/**
 * How an instance counts for the platform's uptime: it is UP, it is DOWN for a reason that is the platform's, or it is
 * REMOVED, because its owner wants it so or it ended by itself; the time for which it is removed counts for nobody.
 */
export type UptimeClass = 'UP' | 'DOWN' | 'REMOVED';

/** What reaching a status makes of an instance; `keepsDown` and `falls` depend on what it was. */
const REACHED: Readonly<Record<ScheduleStatus, UptimeClass | 'keepsDown' | 'falls'>> = {
  RUNNING: 'UP',
  PARTITIONED: 'UP',
  LOST: 'DOWN',
  DRAINING: 'DOWN',
  PREEMPTING: 'DOWN',
  INIT: 'keepsDown',
  PENDING: 'keepsDown',
  ASSIGNED: 'keepsDown',
  STARTING: 'keepsDown',
  KILLED: 'falls',
  THROTTLED: 'REMOVED',
  FINISHED: 'REMOVED',
  RESTARTING: 'REMOVED',
  FAILED: 'REMOVED',
  KILLING: 'REMOVED',
};

/** The class of an instance that was `current` and whose task reaches `status`. Source: the original's SlaAlgorithm. */
export function uptimeClass(current: UptimeClass, status: ScheduleStatus): UptimeClass {
  const reached = REACHED[status];
  // On its way back to running, or for the first time.
  if (reached === 'keepsDown') return current === 'DOWN' ? 'DOWN' : 'REMOVED';
  // Killed without anybody having asked for it.
  if (reached === 'falls') return current === 'UP' ? 'DOWN' : current;
  return reached;
}
