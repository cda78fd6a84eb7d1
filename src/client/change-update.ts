import { followUpdate } from './follow-update.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { requireOk } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { activeUpdate, wireUpdateKey } from './updates.ts';

/** What can be done to an active update: the call to make, and what to print when the scheduler has carried it out. */
const CHANGES = {
  pause: ['pauseJobUpdate', 'Update has been paused.'],
  resume: ['resumeJobUpdate', 'Update has been resumed.'],
  abort: ['abortJobUpdate', 'Update has been aborted.'],
  rollback: ['rollbackJobUpdate', 'Update rollback has started.'],
} as const;

export interface ChangeOptions {
  /** Recorded by the scheduler. */
  readonly message?: string | undefined;
  /** For a rollback: wait for its end. */
  readonly wait?: boolean | undefined;
}

/** Changes the active update of a job and returns the exit code. Throws BAD_PARAMETER when there is none, and API. */
export async function changeUpdate(
  session: Session,
  change: keyof typeof CHANGES,
  job: ClusterJobKey,
  { message, wait = false }: ChangeOptions,
): Promise<number> {
  const scheduler = schedulerOf(session, job.cluster);
  const key = await activeUpdate(session, scheduler, job);
  const [method, done] = CHANGES[change];
  const response = await scheduler.once(method, { key: wireUpdateKey(key), message });
  requireOk(response, session.log, { header: `Failed to ${change} update due to error:` });
  session.print(`${done}\n`);
  session.give?.({ job: jobKeyText(job), id: key.id, change });
  return wait ? followUpdate(session, scheduler, key, 'back') : 0;
}
