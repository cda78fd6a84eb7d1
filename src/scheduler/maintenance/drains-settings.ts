import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import type { FlagSlice } from '../flags/slices.ts';
import type { Counters } from '../metrics/counters.ts';
import type { SlaGate } from '../sla/sla-gate.ts';
import type { StateEvents, StateManager } from '../state/index.ts';
import type { Storage } from '../storage/index.ts';

/** What drains need. */
export interface DrainsSettings {
  readonly storage: Storage;
  readonly state: StateManager;
  readonly events: StateEvents;
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Pick<Counters, 'add' | 'gauge' | 'forget'>;
  readonly gate: SlaGate;
  readonly flags: FlagSlice<'maintaining'>;
}
