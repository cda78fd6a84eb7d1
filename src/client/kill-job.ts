import { TERMINAL_STATES } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { activeTasks, hasSizedSla, requireActive } from './active-tasks.ts';
import { confirm, counted } from './confirm.ts';
import { hooked } from './hooks/call-hooks.ts';
import { type ConfigFlags, type JobOfFile, loadJob } from './job-config.ts';
import { type ClusterInstanceKey, type ClusterJobKey, jobKeyText } from './job-key.ts';
import { requireOk } from './response.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { showJobPage } from './show-page.ts';
import { instancesOf, instancesText } from './tasks.ts';
import { waitForTasks } from './wait.ts';
import { type WaitProgress, withProgress } from './wait-progress.ts';

/** How tasks are killed; the same for `kill` and `killall`. */
export interface KillOptions {
  /** The file whose job is passed to hooks; it must load, but its content has no other effect. */
  readonly configFile?: string | undefined;
  readonly config: ConfigFlags;
  /**
   * The number of instances that are killed, and waited for, at a time; at least 1. Undefined kills all in one call.
   */
  readonly batchSize?: number | undefined;
  /** How many batches may time out before the rest is given up. */
  readonly maxTotalFailures: number;
  /** Recorded in the scheduler's log. */
  readonly message?: string | undefined;
  readonly openBrowser: boolean;
}

/** Kills the named instances of a job. Throws BAD_PARAMETER when none are named. */
export async function killInstances(
  session: Session,
  { job, instances }: ClusterInstanceKey,
  { strict, ...options }: KillOptions & { readonly strict: boolean },
): Promise<void> {
  if (!instances) {
    throw new AuroraError('BAD_PARAMETER', `${jobKeyText(job)} does not say which instances`, {
      next: "add them, or kill all with 'aurora job killall'",
    });
  }
  const scheduler = schedulerOf(session, job.cluster);
  if ((await activeTasks(session, scheduler, job)).some(hasSizedSla))
    session.print('WARNING: Killing instances without updating SlaPolicy.\n');
  if (strict) await requireActive(session, scheduler, job, instances);
  const killed = await killWith(session, scheduler, job, instances, options);
  session.print('Job kill succeeded\n');
  session.give?.({ job: jobKeyText(job), killed });
}

/** Kills all instances of a job. */
export async function killAll(
  session: Session,
  job: ClusterJobKey,
  { yes, ...options }: KillOptions & { readonly yes: boolean },
): Promise<void> {
  const scheduler = schedulerOf(session, job.cluster);
  await confirm(session, {
    yes,
    question: async () => {
      const tasks = counted((await activeTasks(session, scheduler, job)).length, 'active task');
      return `${jobKeyText(job)} has ${tasks}. Kill all, and with them the job?`;
    },
  });
  const killed = await killWith(session, scheduler, job, undefined, options);
  session.print('Job killall succeeded\n');
  session.give?.({ job: jobKeyText(job), killed: killed ?? 'all' });
}

/** Kills instances in batches; returns the killed ones, or undefined after killing all in one call. */
async function killWith(
  session: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  instances: readonly number[] | undefined,
  options: KillOptions,
): Promise<readonly number[] | undefined> {
  const file =
    options.configFile === undefined
      ? undefined
      : await loadJob(session, () => scheduler, job, options.configFile, options.config);
  const { batchSize } = options;
  const killed =
    batchSize === undefined
      ? await killAtOnce(session, scheduler, job, instances, { ...options, file })
      : await killInBatches(session, scheduler, job, instances, { ...options, file, batchSize });
  if (options.openBrowser) await showJobPage(session, scheduler, job);
  return killed;
}

async function killAtOnce(
  session: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  instances: readonly number[] | undefined,
  kill: KillOptions & { readonly file: JobOfFile | undefined },
): Promise<readonly number[] | undefined> {
  const goesOn = () =>
    `The instances are killed all the same. 'aurora job status ${jobKeyText(job)}' shows how far that is.`;
  const subject = { job, goal: 'killed', total: instances?.length, goesOn };
  const killed = await withProgress(session, scheduler, subject, (own, progress) =>
    killAndWait(own, scheduler, job, instances, { ...kill, progress }),
  );
  if (!killed) throw new AuroraError('TIMEOUT', lateText(instances));
  return instances;
}

const lateText = (instances: readonly number[] | undefined): string =>
  `Instances ${instancesText(instances)} were not killed in time`;

/** What is the same for every batch. */
interface Kill {
  readonly message?: string | undefined;
  readonly file: JobOfFile | undefined;
  readonly progress: WaitProgress;
}

/** Kills a batch and waits for its end; false when its tasks did not end in time. */
async function killAndWait(
  session: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  instances: readonly number[] | undefined,
  { message, file, progress, header }: Kill & { readonly header?: string },
): Promise<boolean> {
  const { log } = session;
  log.info({}, `Killing tasks for job: ${jobKeyText(job)}`);
  if (instances) log.info({}, `Instances to be killed: ${instancesText(instances)}`);
  const { role, environment, name } = job;
  const call = { method: 'kill_job', job, file, about: { instances, message } } as const;
  const response = await hooked(session, call, () =>
    scheduler.once('killTasks', { job: { role, environment, name }, instances, message }),
  );
  requireOk(response, log, { header });
  const wait = { instances, states: TERMINAL_STATES, givesUp: true, progress };
  return (await waitForTasks(session, scheduler, job, wait)) !== undefined;
}

type BatchedKill = KillOptions & { readonly file: JobOfFile | undefined; readonly batchSize: number };

async function killInBatches(
  session: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  wanted: readonly number[] | undefined,
  kill: BatchedKill,
): Promise<readonly number[]> {
  const active = instancesOf(await activeTasks(session, scheduler, job));
  const instances = wanted ? active.filter((instance) => wanted.includes(instance)) : active;
  if (instances.length === 0) {
    throw new AuroraError('BAD_PARAMETER', `No tasks to kill found for job ${jobKeyText(job)}`);
  }
  const { batchSize } = kill;
  const goesOn = (done: number) =>
    `${done} of ${instances.length} instances are killed, and the batch of ${batchSize} at hand will be; the others are left alone. 'aurora job status ${jobKeyText(job)}' shows which are there.`;
  const subject = { job, goal: 'killed', total: instances.length, goesOn };
  return withProgress(session, scheduler, subject, (own, progress) =>
    killBatches(own, scheduler, job, instances, { ...kill, progress }),
  );
}

async function killBatches(
  session: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  instances: readonly number[],
  { batchSize, maxTotalFailures, ...kill }: BatchedKill & { readonly progress: WaitProgress },
): Promise<readonly number[]> {
  let failures = 0;
  for (let at = 0; at < instances.length; at += batchSize) {
    const batch = instances.slice(at, at + batchSize);
    const header = `Kill of instances ${instancesText(batch)} failed with error:`;
    if (await killAndWait(session, scheduler, job, batch, { ...kill, header })) {
      kill.progress.advance(batch.length);
      session.print(`Successfully killed instances ${instancesText(batch)}\n`);
      continue;
    }
    session.complain(`${lateText(batch)}\n`);
    failures++;
    if (failures > maxTotalFailures)
      throw new AuroraError('COMMAND_FAILED', 'Exceeded maximum number of errors while killing instances');
  }
  if (failures > 0) throw new AuroraError('COMMAND_FAILED', 'Errors occurred while killing instances');
  return instances;
}
