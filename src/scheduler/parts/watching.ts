import { messageOf } from '../../base/errors.ts';
import type { FlagSlice } from '../flags/slices.ts';
import { reconcileCalls } from '../http/rpc/reconcile.ts';
import { type StatusUpdates, statusUpdates } from '../mesos/status-updates.ts';
import {
  type UnknownTaskPolicy,
  type UnknownTasks,
  unknownTaskPolicy,
  unknownTasks,
} from '../mesos/unknown-tasks.ts';
import { startTaskHistory } from '../pruning/history-pruning.ts';
import { type Reconciliation, reconciliation } from '../reconciliation/reconciliation.ts';
import { startWatchdogs } from '../state/index.ts';
import type { Part, World } from './part.ts';

export interface WatchingSettings extends World {
  readonly flags: FlagSlice<'watching'>;
  /** Whether the task's launch has not reached Mesos yet. */
  launching(taskId: string): boolean;
}

/** Keeps the stored tasks consistent with the real ones. */
export interface Watching extends Part {
  readonly updates: StatusUpdates;
  readonly unknown: UnknownTasks;
  readonly reconciliation: Reconciliation;
  start(): void;
  close(): void;
}

/** The policy for running tasks that are not in our state. The flag's value `kill` also ends the state's mark as restored. */
function policyOnUnknown({ log, flags, storage }: WatchingSettings): UnknownTaskPolicy {
  const restoration = storage.read((stores) => stores.restoration.get());
  const policy = unknownTaskPolicy(flags.unknownTasks as UnknownTaskPolicy | undefined, restoration);
  if (restoration) {
    log.warn({ ...restoration, unknownTasks: policy }, 'this state was restored from a backup');
    if (flags.unknownTasks === 'kill')
      storage
        .write((tx) => tx.restoration.clear())
        .catch((error) =>
          log.error(
            { error: messageOf(error) },
            'the state could not be marked as complete and still counts as restored',
          ),
        );
  }
  return policy;
}

/** Applies status updates, asks Mesos for missing ones, ends tasks that hang, and forgets tasks that ended long ago. */
export function watching(settings: WatchingSettings): Watching {
  const { calls, flags } = settings;
  const policy = policyOnUnknown(settings);
  const unknown = unknownTasks({ ...settings, policy });
  const updates = statusUpdates({ ...settings, unknown, maxBatch: flags.maxStatusUpdateBatchSize });
  const reconcile = reconciliation({ ...settings, settings: flags });
  const stops: (() => void)[] = [updates.close, reconcile.close];
  return {
    updates,
    unknown,
    reconciliation: reconcile,
    handlers: reconcileCalls(reconcile),
    start() {
      stops.push(startWatchdogs({ ...settings, kill: calls.kill, settings: flags }));
      stops.push(startTaskHistory({ ...settings, settings: flags }));
      reconcile.start();
      // Kept tasks should be known soon, not at the next run in an hour.
      if (policy === 'keep') reconcile.implicit();
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}
