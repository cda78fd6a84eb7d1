import { clusterNamed, loadClusters } from './clusters.ts';
import { requireOk } from './response.ts';
import { schedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { type Column, tableText } from './table-text.ts';

const JOB_COLUMNS: readonly Column[] = [
  ['job', 'JOB'],
  ['active', 'ACTIVE'],
  ['pending', 'PENDING'],
  ['finished', 'FINISHED'],
  ['failed', 'FAILED'],
  ['nextRun', 'NEXT RUN'],
];

/** Prints a line for each job of a role or a cluster: the number of tasks by state, and the next run of a cron job. */
export async function summariseJobs(
  session: Session,
  { cluster, role }: { readonly cluster: string; readonly role?: string | undefined },
  { json }: { readonly json: boolean },
): Promise<void> {
  const scheduler = schedulerClient(session, clusterNamed(loadClusters(session), cluster));
  const response = await scheduler.query('getJobSummary', { role });
  const summaries = requireOk(response, session.log).result?.jobSummaryResult?.summaries ?? [];
  const rows = summaries.map(({ job, stats = {}, nextCronRunMs }) => ({
    job: `${cluster}/${job?.key?.role}/${job?.key?.environment}/${job?.key?.name}`,
    active: stats.activeTaskCount ?? 0,
    pending: stats.pendingTaskCount ?? 0,
    finished: stats.finishedTaskCount ?? 0,
    failed: stats.failedTaskCount ?? 0,
    ...(nextCronRunMs ? { nextRun: new Date(Number(nextCronRunMs)).toISOString() } : {}),
  }));
  rows.sort((a, b) => (a.job < b.job ? -1 : 1));
  session.print(json ? `${JSON.stringify(rows, null, 2)}\n` : tableText(JOB_COLUMNS, rows));
}

const ROLE_COLUMNS: readonly Column[] = [
  ['role', 'ROLE'],
  ['jobs', 'JOBS'],
  ['cronJobs', 'CRON JOBS'],
];

/** Prints a line for each role of a cluster: its number of jobs and of cron jobs. */
export async function summariseRoles(
  session: Session,
  cluster: string,
  { json }: { readonly json: boolean },
): Promise<void> {
  const scheduler = schedulerClient(session, clusterNamed(loadClusters(session), cluster));
  const response = await scheduler.query('getRoleSummary', {});
  const summaries = requireOk(response, session.log).result?.roleSummaryResult?.summaries ?? [];
  const rows = summaries.map(({ role = '', jobCount = 0, cronJobCount = 0 }) => ({
    role,
    jobs: jobCount,
    cronJobs: cronJobCount,
  }));
  rows.sort((a, b) => (a.role < b.role ? -1 : 1));
  session.print(json ? `${JSON.stringify(rows, null, 2)}\n` : tableText(ROLE_COLUMNS, rows));
}
