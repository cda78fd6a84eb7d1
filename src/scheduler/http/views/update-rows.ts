import type { JobUpdateDetails, JobUpdateKey } from '../../../api/index.ts';
import { toNumber } from '../../../api/index.ts';
import type { UpdateRow } from '../../../api/views/updates.ts';
import type { ReadStores } from '../../storage/index.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { idsIn } from '../../updater/instances.ts';
import { toldUpdate } from '../../updater/restart.ts';
import { STATUSES } from '../../updater/statuses.ts';

/** Ids of all instances that an update concerns, ascending. */
export function instancesOf({ update }: JobUpdateDetails): number[] {
  const { desiredState, initialState } = toldUpdate(update).instructions;
  const ids = new Set<number>(idsIn(desiredState?.instances ?? []));
  for (const { instances } of initialState) for (const id of idsIn(instances)) ids.add(id);
  return [...ids].sort((a, b) => a - b);
}

const GOES_BACK = /ROLL(ING|ED|)_BACK/;

/** An update as a row of a list; undefined when it does not exist. Reads all of the update's events. */
export function updateRow({ jobUpdates }: ReadStores, key: JobUpdateKey): UpdateRow | undefined {
  const details = jobUpdates.get(key);
  const state = details?.update.summary.state;
  if (!details || !state) return undefined;
  const back = GOES_BACK.test(state.status);
  const done = new Set<number>();
  const failed = new Set<number>();
  for (const { action, instanceId } of details.instanceEvents) {
    if (action === 'INSTANCE_UPDATED') done[back ? 'delete' : 'add'](instanceId);
    else if (action === 'INSTANCE_ROLLED_BACK') done[back ? 'add' : 'delete'](instanceId);
    else if (action === 'INSTANCE_UPDATE_FAILED' || action === 'INSTANCE_ROLLBACK_FAILED')
      failed.add(instanceId);
  }
  const total = instancesOf(details).length;
  const ended = STATUSES[state.status].direction === undefined;
  const whole = ended && (state.status === 'ROLLED_FORWARD' || state.status === 'ROLLED_BACK');
  const message = details.updateEvents[0]?.message;
  return {
    job: jobKeyText(key.job),
    id: key.id,
    status: state.status,
    user: details.update.summary.user,
    ...(message ? { message } : {}),
    createdMs: toNumber(state.createdTimestampMs),
    modifiedMs: toNumber(state.lastModifiedTimestampMs),
    // Unchanged instances, and those that a rollback did not have to touch, have no event.
    done: whole ? total : done.size,
    total,
    failed: failed.size,
  };
}
