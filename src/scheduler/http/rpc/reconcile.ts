import { AuroraError } from '../../../base/errors.ts';
import { refused } from '../../jobs/job-refusal.ts';
import type { Reconciliation } from '../../reconciliation/reconciliation.ts';
import { type Handlers, ok } from './outcome.ts';

/**
 * Calls of the administrator that start a reconciliation with Mesos. They reply once Mesos is asked, without waiting
 * for its answers.
 */
export function reconcileCalls({ explicit, implicit }: Pick<Reconciliation, 'explicit' | 'implicit'>) {
  return {
    triggerExplicitTaskReconciliation({ settings }) {
      if (!settings) throw new AuroraError('API', 'reconciliation settings are needed');
      const { batchSize } = settings;
      if (batchSize !== undefined && batchSize <= 0) throw refused('Batch size must be greater than zero.');
      explicit(batchSize);
      return ok();
    },
    triggerImplicitTaskReconciliation() {
      implicit();
      return ok();
    },
  } satisfies Handlers;
}
