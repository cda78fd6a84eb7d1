import { ACTIVE_STATES } from '../api/index.ts';
import { type FoundJob, findJobs, schedulersOf } from './find-jobs.ts';
import { type ClusterJobKey, isExact, jobKeyText } from './job-key.ts';
import { requireOk } from './response.ts';
import type { Session } from './session.ts';
import { taskForm } from './task-json.ts';
import { type JobStatus, jobStatusText } from './task-text.ts';
import { instanceOf, isIn, jobQuery, tasksIn } from './tasks.ts';

/** The exit code of BAD_PARAMETER, by which scripts tell "no such job" from other failures. */
const NOT_FOUND = 6;

/** Prints the tasks of all jobs that match a key and returns the exit code. */
export async function showStatus(
  session: Session,
  pattern: ClusterJobKey,
  { json }: { readonly json: boolean },
): Promise<number> {
  const statuses: JobStatus[] = [];
  for (const found of await jobsMeant(session, pattern)) {
    const status = await statusOf(session, found);
    if (status) statuses.push(status);
  }
  const key = jobKeyText(pattern);
  session.give?.(statuses.map(statusForm));
  if (json) {
    session.print(
      `${statuses.length > 0 ? statusJson(statuses) : JSON.stringify({ jobspec: key, error: 'No matching jobs found' })}\n`,
    );
    return 0;
  }
  if (statuses.length === 0) {
    session.complain(`Found no jobs matching ${key}\n`);
    return NOT_FOUND;
  }
  session.print(`${statuses.map(jobStatusText).join('')}\n`);
  return 0;
}

/** The jobs that match a key; one without wildcards needs no list of jobs. */
async function jobsMeant(session: Session, pattern: ClusterJobKey): Promise<readonly FoundJob[]> {
  if (!isExact(pattern)) return findJobs(session, pattern, 'BAD_PARAMETER');
  return schedulersOf(session, pattern).map((scheduler) => ({ job: pattern, scheduler }));
}

async function statusOf({ log }: Session, { job, scheduler }: FoundJob): Promise<JobStatus | undefined> {
  const key = jobKeyText(job);
  log.info({}, `Checking status of ${key}`);
  const response = await scheduler.query('getTasksWithoutConfigs', { query: jobQuery(job) });
  const tasks = [...tasksIn(requireOk(response, log, { code: 'BAD_PARAMETER' }))];
  if (tasks.length === 0) {
    log.info({}, `${key} has no tasks`);
    return undefined;
  }
  tasks.sort((a, b) => instanceOf(a) - instanceOf(b));
  return {
    job,
    active: tasks.filter((task) => isIn(task, ACTIVE_STATES)),
    inactive: tasks.filter((task) => !isIn(task, ACTIVE_STATES)),
  };
}

/** A job in the form of `--json`. */
export const statusForm = ({ job, active, inactive }: JobStatus) => ({
  job: jobKeyText(job),
  active,
  inactive,
});

/** Jobs in the form of `--write-json`. */
export const statusJson = (statuses: readonly JobStatus[]): string =>
  JSON.stringify(
    statuses.map(({ job, active, inactive }) => ({
      job: jobKeyText(job),
      active: active.map(taskForm),
      inactive: inactive.map(taskForm),
    })),
    null,
    2,
  );
