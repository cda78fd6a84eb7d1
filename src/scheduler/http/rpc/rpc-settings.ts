import type { JobConfiguration } from '../../../api/index.ts';
import type { ValidationSettings } from '../../jobs/validation.ts';
import type { PendingView } from '../../scheduling/nearest-fit-view.ts';
import type { StateManager } from '../../state/index.ts';
import type { Storage } from '../../storage/index.ts';

/** What the calls work with. */
export interface RpcSettings {
  readonly storage: Storage;
  readonly state: StateManager;
  readonly pending: PendingView;
  readonly validation: ValidationSettings;
  /** When a cron job runs next, epoch milliseconds; undefined when it never does. */
  readonly nextCronRunMs: (job: JobConfiguration) => number | undefined;
}
