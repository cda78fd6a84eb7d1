import type { JobInstanceUpdateEvent, JobUpdateKey, JobUpdateStatus } from '../../api/index.ts';
import { toNumber } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import { refused } from '../jobs/job-refusal.ts';
import type { Counters } from '../metrics/counters.ts';
import type { StateEvents } from '../state/index.ts';
import type { UpdateDirection, WriteTransaction } from '../storage/index.ts';
import { jobUpdateKeyText } from '../storage/keys.ts';
import { STATUSES } from './statuses.ts';

/** Who asked for a change, and the message they gave. */
export interface Audit {
  readonly user?: string | undefined;
  readonly message?: string | undefined;
}

export interface StatusChangesOptions {
  readonly clock: Clock;
  readonly counters: Pick<Counters, 'add'>;
  readonly events: Pick<StateEvents, 'publish'>;
  /** Called when the update enters another status: whatever was cached for the earlier one is no longer valid. */
  changed(key: JobUpdateKey, to: JobUpdateStatus): void;
}

/**
 * Moves an update to a status and records who did it. Does nothing when it is in that status already.
 * @throws AuroraError BAD_PARAMETER when the update does not exist, or the table does not allow the move.
 */
export type ChangeStatus = (
  tx: WriteTransaction,
  key: JobUpdateKey,
  to: JobUpdateStatus,
  audit?: Audit,
) => void;

/** Timestamp for the update's next event. Never earlier than the last one, even if the clock was set back. */
export function eventTimeMs(tx: WriteTransaction, key: JobUpdateKey, clock: Clock): number {
  const lastMs = tx.jobUpdates.summary(key)?.state?.lastModifiedTimestampMs ?? 0;
  return Math.max(clock.nowMs(), toNumber(lastMs));
}

const fresh = (direction: UpdateDirection) => ({ direction, taken: 0, batchStart: 0, batchEnd: 0 });

export function statusChanges({ clock, counters, events, changed }: StatusChangesOptions): ChangeStatus {
  return (tx, key, to, { user, message } = {}) => {
    const { jobUpdates } = tx;
    if (!jobUpdates.update(key)) throw refused(`Update does not exist: ${jobUpdateKeyText(key)}`);
    const from = jobUpdates.status(key);
    if (from === to) return;
    if (from && !STATUSES[from].to.includes(to))
      throw refused(`Cannot transition update from ${from} to ${to}`);
    const { direction } = STATUSES[to];
    const isTurned = direction && (from === undefined || STATUSES[from].direction !== direction);
    if (isTurned) jobUpdates.saveProgress(key, fresh(direction));
    const event = {
      status: to,
      timestampMs: eventTimeMs(tx, key, clock),
      ...(user === undefined ? {} : { user }),
      ...(message === undefined ? {} : { message }),
    };
    jobUpdates.addEvent(key, event);
    tx.afterCommit(() => events.publish({ kind: 'updateChanged', key, event }));
    counters.add(`update_transition_${to}`);
    changed(key, to);
  };
}

/** Records an event of an instance. */
export function addInstanceEvent(
  tx: WriteTransaction,
  events: Pick<StateEvents, 'publish'>,
  key: JobUpdateKey,
  event: JobInstanceUpdateEvent,
): void {
  tx.jobUpdates.addInstanceEvent(key, event);
  tx.afterCommit(() => events.publish({ kind: 'instanceUpdated', key, event }));
}
