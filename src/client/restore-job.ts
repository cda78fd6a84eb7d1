import { answerCode } from './admin-answer.ts';
import { type ClusterJobKey, wireJobKey } from './job-key.ts';
import { joinedMessages } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';

/** Brings back a job as it is in a backup of its scheduler, prints what was done, and returns the exit code. */
export async function restoreJob(session: Session, job: ClusterJobKey, backupId: string): Promise<number> {
  const scheduler = schedulerOf(session, job.cluster);
  const response = await scheduler.once('restoreJob', { backupId, job: wireJobKey(job) });
  const code = answerCode(session, response);
  if (code === 0) session.print(`${joinedMessages(response)}\n`);
  return code;
}
