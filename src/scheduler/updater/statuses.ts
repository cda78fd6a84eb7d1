import type { JobUpdateStatus } from '../../api/index.ts';
import type { UpdateDirection } from '../storage/index.ts';

/** What a status means, and which statuses can follow. Source: the original's JobUpdateStateMachine. */
interface StatusRules {
  /** Direction of an update that is not over. Ended updates have none. */
  readonly direction?: UpdateDirection;
  /** Set when instances are being changed; in all other statuses they are left alone. */
  readonly working?: true;
  readonly to: readonly JobUpdateStatus[];
  /** The status after a user's call; absent when the call is not allowed here. */
  readonly pause?: JobUpdateStatus;
  readonly resume?: JobUpdateStatus;
  /** The same as `resume`, for an update whose pulses have stopped. */
  readonly resumeWithoutPulse?: JobUpdateStatus;
  /** The status after a pulse, and after pulses have stopped. */
  readonly pulse?: JobUpdateStatus;
  readonly noPulse?: JobUpdateStatus;
  /** The status when all instances are done, and when too many have failed. */
  readonly succeeded?: JobUpdateStatus;
  readonly failed?: JobUpdateStatus;
}

/** The state machine of job updates, as a table. */
export const STATUSES: Readonly<Record<JobUpdateStatus, StatusRules>> = {
  ROLLING_FORWARD: {
    direction: 'forward',
    working: true,
    to: [
      'ROLLING_BACK',
      'ROLL_FORWARD_PAUSED',
      'ROLL_FORWARD_AWAITING_PULSE',
      'ROLLED_FORWARD',
      'ABORTED',
      'FAILED',
      'ERROR',
    ],
    pause: 'ROLL_FORWARD_PAUSED',
    resume: 'ROLLING_FORWARD',
    noPulse: 'ROLL_FORWARD_AWAITING_PULSE',
    succeeded: 'ROLLED_FORWARD',
    failed: 'FAILED',
  },
  ROLLING_BACK: {
    direction: 'back',
    working: true,
    to: ['ROLL_BACK_PAUSED', 'ROLL_BACK_AWAITING_PULSE', 'ROLLED_BACK', 'ABORTED', 'FAILED', 'ERROR'],
    pause: 'ROLL_BACK_PAUSED',
    resume: 'ROLLING_BACK',
    noPulse: 'ROLL_BACK_AWAITING_PULSE',
    succeeded: 'ROLLED_BACK',
    failed: 'FAILED',
  },
  ROLL_FORWARD_PAUSED: {
    direction: 'forward',
    to: ['ROLLING_BACK', 'ROLLING_FORWARD', 'ROLL_FORWARD_AWAITING_PULSE', 'ABORTED', 'ERROR'],
    pause: 'ROLL_FORWARD_PAUSED',
    resume: 'ROLLING_FORWARD',
    resumeWithoutPulse: 'ROLL_FORWARD_AWAITING_PULSE',
  },
  ROLL_BACK_PAUSED: {
    direction: 'back',
    to: ['ROLLING_BACK', 'ROLL_BACK_AWAITING_PULSE', 'ABORTED', 'ERROR'],
    pause: 'ROLL_BACK_PAUSED',
    resume: 'ROLLING_BACK',
    resumeWithoutPulse: 'ROLL_BACK_AWAITING_PULSE',
  },
  ROLL_FORWARD_AWAITING_PULSE: {
    direction: 'forward',
    to: ['ROLLING_BACK', 'ROLLING_FORWARD', 'ROLL_FORWARD_PAUSED', 'ABORTED', 'ERROR'],
    pause: 'ROLL_FORWARD_PAUSED',
    resumeWithoutPulse: 'ROLL_FORWARD_AWAITING_PULSE',
    pulse: 'ROLLING_FORWARD',
  },
  ROLL_BACK_AWAITING_PULSE: {
    direction: 'back',
    to: ['ROLLING_BACK', 'ROLL_BACK_PAUSED', 'ABORTED', 'ERROR'],
    pause: 'ROLL_BACK_PAUSED',
    resumeWithoutPulse: 'ROLL_BACK_AWAITING_PULSE',
    pulse: 'ROLLING_BACK',
  },
  ROLLED_FORWARD: { to: [] },
  ROLLED_BACK: { to: [] },
  ABORTED: { to: [] },
  ERROR: { to: [] },
  FAILED: { to: [] },
};

/** The direction in which instances are being changed now; undefined when they are left alone. */
export const workingDirection = (status: JobUpdateStatus | undefined): UpdateDirection | undefined =>
  status && STATUSES[status].working ? STATUSES[status].direction : undefined;
