import type { ScheduleStatus } from '../../api/index.ts';

/**
 * How an instance counts towards platform uptime: UP; DOWN, for a reason that is the platform's fault; or REMOVED,
 * because its owner wanted that or it ended by itself. Time as REMOVED does not count at all.
 */
export type UptimeClass = 'UP' | 'DOWN' | 'REMOVED';

/** The class after reaching a status; `keepsDown` and `falls` depend on the class before. */
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

/**
 * The class of an instance after its task reaches `status`; `current` is the class before. Source: the original's
 * SlaAlgorithm.
 */
export function uptimeClass(current: UptimeClass, status: ScheduleStatus): UptimeClass {
  const reached = REACHED[status];
  // The instance is on its way to running, again or for the first time.
  if (reached === 'keepsDown') return current === 'DOWN' ? 'DOWN' : 'REMOVED';
  // It was killed without anybody having asked for that.
  if (reached === 'falls') return current === 'UP' ? 'DOWN' : current;
  return reached;
}
