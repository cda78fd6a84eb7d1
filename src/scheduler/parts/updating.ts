import type { FlagSlice } from '../flags/slices.ts';
import { updateReads } from '../http/rpc/read-updates.ts';
import type { RpcSettings } from '../http/rpc/rpc-settings.ts';
import { updateWrites } from '../http/rpc/write-updates.ts';
import type { SlaGate } from '../sla/sla-gate.ts';
import type { ActiveRuns } from '../updater/active-runs.ts';
import { jobUpdates } from '../updater/job-updates.ts';
import { startUpdateHistory } from '../updater/update-history.ts';
import { updateKills } from '../updater/update-kills.ts';
import type { Part, World } from './part.ts';
import type { Placing } from './placing.ts';

export interface UpdatingSettings extends World {
  readonly flags: FlagSlice<'updating'>;
  readonly rpc: RpcSettings;
  /** Learns from the state manager which tasks ended. */
  readonly runs: ActiveRuns;
  readonly gate: SlaGate;
  readonly placed: Pick<Placing, 'replaced'>;
}

/** Drives job updates and answers the calls about them. */
export function updating(settings: UpdatingSettings): Part {
  const { flags, rpc } = settings;
  const kills = updateKills({
    ...settings,
    killed({ run }, task) {
      const next = run.wanted(task.assignedTask.instanceId);
      if (next) settings.placed.replaced(task, next);
    },
    retry: { initialMs: flags.slaKillRetryMinMs, maxMs: flags.slaKillRetryMaxMs },
  });
  const updates = jobUpdates({ ...settings, kills });
  let stopForgetting: () => void = () => {};
  return {
    handlers: {
      ...updateReads({ ...settings, ...rpc, kills }),
      ...updateWrites({ ...settings, ...rpc, updates }),
    },
    start() {
      updates.begin();
      stopForgetting = startUpdateHistory({ ...settings, settings: flags });
    },
    close() {
      updates.close();
      stopForgetting();
    },
  };
}
