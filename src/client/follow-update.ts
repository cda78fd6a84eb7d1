import type { SchedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';
import type { UpdateKey } from './updates.ts';
import { type Direction, waitForUpdate } from './wait-update.ts';

/**
 * Waits for the end of an update and returns the exit code. A terminal shows it live; otherwise the original's lines
 * are printed.
 */
export async function followUpdate(
  session: Session,
  scheduler: SchedulerClient,
  key: UpdateKey,
  wanted: Direction,
): Promise<number> {
  if (!session.terminal()) return waitForUpdate(session, scheduler, key, wanted);
  const { watchUpdate } = await import('./watch-update.ts');
  return watchUpdate(session, key.job, { id: key.id, wanted, form: 'auto', stopAtPause: false, last: false });
}
