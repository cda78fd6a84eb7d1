import { ACTIVE_STATES, type CallArgs, type CallName } from '../api/index.ts';
import { ADMIN_FAILED, answerCode, tellAnswer } from './admin-answer.ts';
import { confirm, counted } from './confirm.ts';
import { requireOk } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { tasksIn } from './tasks.ts';

/** Makes a call and logs its answer; returns the exit code. */
export async function callOnce<M extends CallName>(
  session: Session,
  cluster: string,
  method: M,
  args: CallArgs<M>,
): Promise<number> {
  return answerCode(session, await schedulerOf(session, cluster).once(method, args));
}

/** Prints the existing backups, oldest first, and returns the exit code. */
export async function listBackups(session: Session, cluster: string): Promise<number> {
  const response = await schedulerOf(session, cluster).once('listBackups', {});
  if (!tellAnswer(session, response)) return ADMIN_FAILED;
  const backups = [...(response.result?.listBackupsResult?.backups ?? [])].sort();
  session.give?.({ backups });
  session.print([`${backups.length} available backups:`, ...backups, ''].join('\n'));
  return 0;
}

/**
 * Logs the active tasks of the staged backup, one a line, and returns the exit code. Source: the original, which writes
 * them to its log.
 */
export async function tellStagedTasks(session: Session, cluster: string): Promise<number> {
  const query = { statuses: [...ACTIVE_STATES] };
  const response = await schedulerOf(session, cluster).query('queryRecovery', { query });
  if (!tellAnswer(session, response)) return ADMIN_FAILED;
  const { log } = session;
  session.give?.({ tasks: response.result?.queryRecoveryResult?.tasks ?? [] });
  log.info({}, ['Role', 'Job', 'Shard', 'Status', 'Task ID'].join('\t'));
  for (const { assignedTask, status } of response.result?.queryRecoveryResult?.tasks ?? []) {
    const { task, instanceId = 0, taskId } = assignedTask ?? {};
    log.info({}, [task?.job?.role, task?.job?.name, instanceId, status, taskId].join('\t'));
  }
  return 0;
}

/** Replaces the scheduler's state with the staged backup and returns the exit code. */
export async function commitRecovery(session: Session, cluster: string, yes: boolean): Promise<number> {
  const scheduler = schedulerOf(session, cluster);
  await confirm(session, {
    yes,
    question: async () => {
      const query = { statuses: [...ACTIVE_STATES] };
      const [staged, now] = await Promise.all([
        scheduler.query('queryRecovery', { query }),
        scheduler.query('getTasksWithoutConfigs', { query }),
      ]);
      const kept = requireOk(staged, session.log).result?.queryRecoveryResult?.tasks?.length ?? 0;
      const lost = tasksIn(requireOk(now, session.log)).length;
      return `The ${counted(lost, 'active task')} that ${cluster} knows will be replaced by the ${counted(kept, 'active task')} of the backup. Go on?`;
    },
  });
  return callOnce(session, cluster, 'commitRecovery', {});
}
