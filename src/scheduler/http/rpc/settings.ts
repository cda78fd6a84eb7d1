import type { ValidationSettings } from '../../jobs/validation.ts';
import type { NearestFit } from '../../scheduling/nearest-fit.ts';
import type { StateManager } from '../../state/index.ts';
import type { Storage } from '../../storage/index.ts';

/** What the calls work with. */
export interface RpcSettings {
  readonly storage: Storage;
  readonly state: StateManager;
  readonly nearest: NearestFit;
  readonly validation: ValidationSettings;
}
