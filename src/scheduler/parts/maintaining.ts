import type { FlagSlice } from '../flags/slices.ts';
import { maintenanceCalls } from '../http/rpc/write-maintenance.ts';
import { type Drains, drains } from '../maintenance/drains.ts';
import { maintenanceWindows } from '../maintenance/windows.ts';
import type { SlaGate } from '../sla/sla-gate.ts';
import type { Part, World } from './part.ts';

export interface MaintainingSettings extends World {
  readonly flags: FlagSlice<'maintaining'>;
  readonly gate: SlaGate;
}

/** Takes hosts out of service: on calls of administrators, and for Mesos' maintenance windows. */
export function maintaining(settings: MaintainingSettings): Part & { readonly waitsOn: Drains['waitingOn'] } {
  const draining = drains(settings);
  const windows = maintenanceWindows(settings);
  return {
    ...windows,
    waitsOn: draining.waitingOn,
    handlers: maintenanceCalls({ ...settings, drains: draining }),
    start: draining.start,
    close() {
      windows.close?.();
      draining.close();
    },
  };
}
