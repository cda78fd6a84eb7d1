import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { type Log, openStorage } from '../storage/index.ts';

/** What was in the log. */
export interface ForgottenFramework {
  /** Undefined when the log held none. */
  readonly frameworkId: string | undefined;
  /** Tasks that run under it, as far as the state knows: Mesos will be asked for them under the next id. */
  readonly running: number;
}

/**
 * Drops the framework id from a state, and nothing else: the scheduler that starts with it registers anew, and starts
 * again what Mesos then does not know. For a framework that Mesos has removed and never takes back. Closes the log.
 * @throws AuroraError STORAGE
 */
export async function forgetFramework(options: {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<ForgottenFramework> {
  const storage = await openStorage({ ...options, onFatal: () => {} });
  try {
    return await storage.write((tx) => {
      const frameworkId = tx.framework.id();
      tx.framework.deleteId();
      const running = (['ASSIGNED', 'STARTING', 'RUNNING'] as const).reduce(
        (sum, status) => sum + tx.tasks.countInStatus(status),
        0,
      );
      return { frameworkId, running };
    });
  } finally {
    await storage.close();
  }
}
