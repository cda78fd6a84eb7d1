import { AuroraError } from '../base/errors.ts';
import { hooked } from './hooks/call-hooks.ts';
import { type ConfigFlags, type JobOfFile, loadJob } from './job-config.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { refusal, requireOk } from './response.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import {
  instancesOf,
  instancesText,
  isIn,
  jobQuery,
  type ListedTask,
  newestTasks,
  type Status,
  tasksIn,
} from './tasks.ts';
import { WAIT_STATES, waitForTasks } from './wait.ts';
import { withProgress } from './wait-progress.ts';

export interface CreateJob {
  readonly job: ClusterJobKey;
  readonly file: string;
  readonly config: ConfigFlags;
  readonly waitUntil: 'PENDING' | keyof typeof WAIT_STATES;
  readonly openBrowser: boolean;
}

/** An instance in one of these states did not come up, whatever state was waited for. */
const FAILED: ReadonlySet<Status> = new Set<Status>(['FAILED', 'KILLED', 'LOST']);

/**
 * Submits a job, waits for its instances as far as asked, and prints the address of its page. Throws COMMAND_FAILED
 * when the scheduler refuses the job or shows no task of it, or when tasks that were waited for have failed.
 */
export async function createJob(
  session: Session,
  { job, file, config, waitUntil, openBrowser }: CreateJob,
): Promise<void> {
  let scheduler: SchedulerClient | undefined;
  const connect = () => (scheduler ??= schedulerOf(session, job.cluster));
  const loaded = await loadJob(session, connect, job, file, config);
  if (loaded.jobConfiguration.cronSchedule) {
    throw new AuroraError('COMMAND_FAILED', `${jobKeyText(job)} is a cron job`, {
      next: "give it to 'aurora cron schedule'",
    });
  }
  await submit(session, connect(), job, loaded);
  const page = await connect().page(job.role, job.environment, job.name);
  if (openBrowser && page) session.openPage(page);
  const seen =
    waitUntil === 'PENDING'
      ? undefined
      : await withProgress(
          session,
          connect(),
          {
            job,
            goal: waitUntil,
            total: loaded.jobConfiguration.instanceCount,
            goesOn: () =>
              `The job was created and goes on. 'aurora job status ${jobKeyText(job)}' looks at it, 'aurora job killall ${jobKeyText(job)}' ends it.`,
          },
          (own, progress) => waitForTasks(own, connect(), job, { states: WAIT_STATES[waitUntil], progress }),
        );
  await checkTasks(session, connect(), job, seen);
  session.print(`Job create succeeded: job url=${page}\n`);
  session.give?.({ job: jobKeyText(job), url: page, waitedFor: waitUntil });
}

async function submit(
  session: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  file: JobOfFile,
): Promise<void> {
  const { log } = session;
  log.info({}, `Creating job ${job.name}`);
  const response = await hooked(session, { method: 'create_job', job, file, about: {} }, () =>
    scheduler.once('createJob', { description: file.jobConfiguration }),
  );
  requireOk(response, log, { header: 'Job creation failed due to error:', code: 'COMMAND_FAILED' });
}

/** Fails when tasks did not come up. Failures that the wait saw count even if the task has a successor by now. */
async function checkTasks(
  { log }: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  seen: readonly ListedTask[] | undefined,
): Promise<void> {
  const key = jobKeyText(job);
  log.info({}, `Checking status of ${key}`);
  const response = await scheduler.query('getTasksWithoutConfigs', { query: jobQuery(job) });
  const header = `Error occurred while creating job ${key}`;
  const tasks = response.responseCode === 'OK' ? newestTasks(tasksIn(response)) : [];
  if (tasks.length === 0) throw refusal(response, { header, code: 'COMMAND_FAILED' });
  const failed = seen ? [...seen, ...tasks].filter((task) => isIn(task, FAILED)) : [];
  if (failed.length > 0) {
    throw new AuroraError(
      'COMMAND_FAILED',
      `${header}: instances ${instancesText(instancesOf(failed))} of ${tasks.length} did not come up`,
      { next: `see 'aurora job status ${key}'` },
    );
  }
}
