import type { JobUpdateStatus } from '../../api/index.ts';
import type { UpdateDirection } from '../storage/index.ts';

/** What a status means, and where it may go. Source: the original's JobUpdateStateMachine. */
interface StatusRules {
  /** Of an update that is not over; an update that is over goes nowhere. */
  readonly direction?: UpdateDirection;
  /** Instances are being changed. Every other status leaves them alone. */
  readonly working?: true;
  readonly to: readonly JobUpdateStatus[];
  /** Where a user's call leads; absent: the call makes no sense here. */
  readonly pause?: JobUpdateStatus;
  readonly resume?: JobUpdateStatus;
  /** The same for an update whose pulses have stopped. */
  readonly resumeWithoutPulse?: JobUpdateStatus;
  /** Where a pulse that comes, or one that stays away, leads. */
  readonly pulse?: JobUpdateStatus;
  readonly noPulse?: JobUpdateStatus;
  /** Where it leads when all instances are done, and when too many have failed. */
  readonly succeeded?: JobUpdateStatus;
  readonly failed?: JobUpdateStatus;
}

/** The status machine of a job update, as a table. */
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
