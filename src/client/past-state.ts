import { ACTIVE_STATES, type Wire } from '../api/index.ts';
import { answerCode } from './admin-answer.ts';
import { hasGlob, matchesGlob } from './glob.ts';
import { type ClusterJobKey, isExact, jobKeyText } from './job-key.ts';
import { statusForm, statusJson } from './job-status.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import type { JobStatus } from './task-text.ts';
import { jobStatusText } from './task-text.ts';
import { instanceOf, isIn, type ListedTask, tasksIn } from './tasks.ts';

const PARTS = ['role', 'environment', 'name'] as const;

/** The part of the pattern that the scheduler can filter by: everything without wildcards. */
function queryFor(pattern: ClusterJobKey): Wire<'TaskQuery'> {
  const { role, environment, name } = pattern;
  return {
    ...(hasGlob(role) ? {} : { role }),
    ...(hasGlob(environment) ? {} : { environment }),
    ...(hasGlob(name) ? {} : { jobName: name }),
  };
}

/** The jobs of the tasks, sorted by key, each with its tasks sorted by instance. */
function jobsOf(cluster: string, tasks: readonly ListedTask[], pattern: ClusterJobKey): readonly JobStatus[] {
  const byKey = new Map<string, { job: ClusterJobKey; tasks: ListedTask[] }>();
  for (const task of tasks) {
    const { role = '', environment = '', name = '' } = task.assignedTask?.task?.job ?? {};
    const job = { cluster, role, environment, name };
    if (!PARTS.every((part) => matchesGlob(pattern[part], job[part]))) continue;
    const known = byKey.get(jobKeyText(job));
    if (known) known.tasks.push(task);
    else byKey.set(jobKeyText(job), { job, tasks: [task] });
  }
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, { job, tasks: own }]) => {
    own.sort((a, b) => instanceOf(a) - instanceOf(b));
    return {
      job,
      active: own.filter((task) => isIn(task, ACTIVE_STATES)),
      inactive: own.filter((task) => !isIn(task, ACTIVE_STATES)),
    };
  });
}

/** The number of tasks in each state: `3 RUNNING, 1 PENDING`. */
function countsText(tasks: readonly ListedTask[]): string {
  const counts = new Map<string, number>();
  for (const { status = '?' } of tasks) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}

/** One line for each job: its key and the number of tasks in each state. */
function tableText(jobs: readonly JobStatus[]): string {
  const rows = jobs.map(({ job, active, inactive }) => [
    jobKeyText(job),
    countsText(active) || '-',
    countsText(inactive) || '-',
  ]);
  const all = [['JOB', 'ACTIVE', 'ENDED'], ...rows];
  const widths = [0, 1].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = ([job = '', active = '', ended = '']: readonly string[]) =>
    `${job.padEnd(widths[0] ?? 0)}  ${active.padEnd(widths[1] ?? 0)}  ${ended}\n`;
  return all.map(line).join('');
}

export interface PastOptions {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly json: boolean;
}

/**
 * Prints jobs and tasks as they were at a moment: a single job in the format of `job status`, several as a table.
 * Returns the exit code.
 */
export async function showPast(
  session: Session,
  pattern: ClusterJobKey,
  { atMs, json }: PastOptions,
): Promise<number> {
  const scheduler = schedulerOf(session, pattern.cluster);
  const response = await scheduler.query('getTasksAt', { timestampMs: atMs, query: queryFor(pattern) });
  const code = answerCode(session, response);
  if (code !== 0) return code;
  const jobs = jobsOf(scheduler.cluster, tasksIn(response), pattern);
  session.give?.(jobs.map(statusForm));
  if (json) session.print(`${statusJson(jobs)}\n`);
  else if (jobs.length === 0)
    session.complain(`No tasks of ${jobKeyText(pattern)} at ${new Date(atMs).toISOString()}\n`);
  else session.print(isExact(pattern) ? `${jobs.map(jobStatusText).join('')}\n` : tableText(jobs));
  return 0;
}
