import type { FlagSlice } from '../flags/slices.ts';
import { updateReads } from '../http/rpc/read-updates.ts';
import type { RpcSettings } from '../http/rpc/rpc-settings.ts';
import { updateWrites } from '../http/rpc/write-updates.ts';
import type { ActiveRuns } from '../updater/active-runs.ts';
import { jobUpdates } from '../updater/job-updates.ts';
import type { Part, World } from './part.ts';

export interface UpdatingSettings extends World {
  readonly flags: FlagSlice<'updating'>;
  readonly rpc: RpcSettings;
  /** Told of tasks that end by the state manager. */
  readonly runs: ActiveRuns;
}

/** Drives job updates and answers the calls about them. */
export function updating(settings: UpdatingSettings): Part {
  const { rpc, state } = settings;
  const updates = jobUpdates({
    ...settings,
    kill(tx, { key }, instanceId) {
      const task = tx.tasks.activeInstance(key.job, instanceId);
      if (!task) return;
      const message = `Killed for job update ${key.id}`;
      state.changeState(tx, { taskId: task.assignedTask.taskId, to: 'KILLING', message });
    },
  });
  return {
    handlers: { ...updateReads({ ...settings, ...rpc }), ...updateWrites({ ...settings, ...rpc, updates }) },
    start: updates.begin,
    close: updates.close,
  };
}
