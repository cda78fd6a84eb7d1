import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/log.ts';
import { type Log, openStorage } from '../storage/index.ts';

/** What was found in the log. */
export interface ForgottenFramework {
  /** The id that was dropped; undefined when the log had none. */
  readonly frameworkId: string | undefined;
  /** Tasks that run under it according to the state; under the next id, Mesos will be asked about them. */
  readonly running: number;
}

/**
 * Drops the framework id from a state and changes nothing else. The scheduler that starts with this state registers
 * anew, and restarts the tasks that Mesos then does not know. For a framework that Mesos has removed and does not
 * accept again. Closes the log.
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
