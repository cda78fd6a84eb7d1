import type { JobConfiguration } from '../../../api/index.ts';
import type { ValidationSettings } from '../../jobs/validation.ts';
import type { PendingView } from '../../scheduling/nearest-fit-view.ts';
import type { SlaGate } from '../../sla/sla-gate.ts';
import type { StateManager } from '../../state/index.ts';
import type { Storage } from '../../storage/index.ts';
import type { Outcome } from './outcome.ts';

/** What the handlers of calls need. */
export interface RpcSettings {
  readonly storage: Storage;
  readonly state: StateManager;
  readonly pending: PendingView;
  readonly validation: ValidationSettings;
  readonly gate: Pick<SlaGate, 'ask' | 'judge'>;
  /** When a cron job runs next, epoch milliseconds; undefined when it never does. */
  readonly nextCronRunMs: (job: JobConfiguration) => number | undefined;
}

/**
 * Marks the outcome of a write that changed something as durable: when such a write resolves, the change and everything
 * that it saw are in the log.
 */
export function markingStorage(storage: Storage): Storage {
  return {
    ...storage,
    async write(change, changed) {
      let hasChanged = false;
      const result = await storage.write(change, () => {
        hasChanged = true;
        changed?.();
      });
      return hasChanged && isOutcome(result) ? { ...result, durable: true } : result;
    },
  };
}

const isOutcome = (result: unknown): result is Outcome =>
  typeof result === 'object' && result !== null && 'code' in result;
