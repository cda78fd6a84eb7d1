import { ACTIVE_STATES } from '../api/index.ts';
import type { LogPart, LogRequest, LogStreamName } from '../api/views/log-event.ts';
import { closestName } from '../base/closest-name.ts';
import { AuroraError, ERRORS } from '../base/errors.ts';
import { type ClusterInstanceKey, type ClusterJobKey, jobKeyText } from './job-key.ts';
import { type LogPrinter, type LogPrinterOptions, logPrinter } from './log-printer.ts';
import { requireOk } from './response.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import { followThroughScheduler } from './scheduler-logs.ts';
import type { Session } from './session.ts';
import { instanceOf, instancesOf, isIn, jobQuery, type ListedTask, tasksIn } from './tasks.ts';

export interface JobLogsOptions extends Omit<LogPrinterOptions, 'name'> {
  readonly follow: boolean;
  readonly which: 'live' | 'dead' | 'previous';
  readonly sinceMs?: number | undefined;
  /** How many existing lines of each file to print first; undefined for all. */
  readonly tail: number | undefined;
  readonly process?: string | undefined;
  readonly run?: number | undefined;
  readonly streams: readonly LogStreamName[];
  /** The largest number of instances shown at once. */
  readonly maxStreams: number;
  /** Exit with code 4 when a task failed or was lost. */
  readonly exitStatus: boolean;
  /** Ask observers and agents instead of the scheduler. */
  readonly direct: boolean;
}

/** The largest number of instances in one view of a scheduler. */
const INSTANCES_OF_VIEW = 50;

/**
 * Prints the logs of a job and returns the exit code. Throws BAD_PARAMETER when there are none, NETWORK, TIMEOUT, AUTH.
 */
export async function printJobLogs(
  session: Session,
  { instances, job }: ClusterInstanceKey,
  options: JobLogsOptions,
): Promise<number> {
  const scheduler = schedulerOf(session, job.cluster);
  const meant = await instancesMeant(session, scheduler, { instances, job }, options.which);
  const shown = meant.slice(0, options.maxStreams);
  const printer = logPrinter(session, { ...options, name: job.name });
  if (shown.length < meant.length)
    printer.note(
      `${shown.length} of ${meant.length} instances are shown; --max-streams ${meant.length} shows all`,
    );
  const { follow, process, run, sinceMs, streams, tail, which } = options;
  const request: LogRequest = {
    job: { role: job.role, environment: job.environment, name: job.name },
    // When no instances are named, new ones join by themselves.
    instances: instances || shown.length < meant.length ? (instances ? [...shown] : shown) : undefined,
    which,
    process,
    run,
    streams,
    tail,
    sinceMs,
    follow: follow && which === 'live',
  };
  let code: number;
  try {
    await follows(session, scheduler, { job, options, printer, request, shown });
    code = codeOf(printer, options);
  } finally {
    printer.flush();
  }
  if (options.json) session.print(`${JSON.stringify({ type: 'end', exit: code })}\n`);
  return code;
}

function codeOf(printer: LogPrinter, { exitStatus }: JobLogsOptions): number {
  const { failed, files, unread } = printer.seen();
  if (files === 0 && unread > 0) return ERRORS.NETWORK.exit;
  return exitStatus && failed ? ERRORS.COMMAND_FAILED.exit : 0;
}

interface Following {
  readonly job: ClusterJobKey;
  readonly options: JobLogsOptions;
  readonly printer: LogPrinter;
  readonly request: LogRequest;
  readonly shown: readonly number[];
}

/**
 * Follows logs through the scheduler, with as many views as the instances need, or directly from their machines when
 * the scheduler shows no logs.
 */
async function follows(session: Session, scheduler: SchedulerClient, following: Following): Promise<void> {
  const { job, options, printer, request, shown } = following;
  if (!options.direct) {
    const parts = partsOf(shown);
    const ends = await Promise.all(
      parts.map(async (part, road) => {
        let isAway = false;
        return followThroughScheduler(
          session,
          scheduler,
          { ...request, ...(parts.length > 1 ? { part } : {}) },
          {
            event(event) {
              isAway = false;
              printer.event(road, event);
            },
            away(text) {
              if (!isAway) printer.note(`the scheduler cannot be asked: ${text}; trying again`);
              isAway = true;
            },
          },
        );
      }),
    );
    const unable = ends.find((end) => end.kind === 'unable');
    if (!unable) return;
    if (unable.kind === 'unable') printer.note(`${unable.text}: the agents are asked themselves`);
  }
  const { followDirectly } = await import('./direct-logs.ts');
  await followDirectly(session, scheduler, job, request, {
    listener: { event: (event) => printer.event(0, event), away: (text) => printer.note(text) },
    mostInstances: options.maxStreams,
  });
}

/** Splits instances by the remainder of their number into parts that each fit into one view. */
export function partsOf(instances: readonly number[]): readonly LogPart[] {
  for (let of = Math.max(1, Math.ceil(instances.length / INSTANCES_OF_VIEW)); ; of++) {
    const sizes = Array.from({ length: of }, () => 0);
    for (const instance of instances) sizes[instance % of] = (sizes[instance % of] ?? 0) + 1;
    if (Math.max(...sizes) <= INSTANCES_OF_VIEW) return sizes.map((_, rest) => ({ rest, of }));
  }
}

/**
 * The numbers of the instances that match the request. Throws BAD_PARAMETER with a message that says what there is
 * instead.
 */
async function instancesMeant(
  session: Session,
  scheduler: SchedulerClient,
  { instances, job }: ClusterInstanceKey,
  which: JobLogsOptions['which'],
): Promise<readonly number[]> {
  const response = await scheduler.query('getTasksWithoutConfigs', { query: jobQuery(job, instances) });
  const tasks = tasksIn(requireOk(response, session.log, { code: 'BAD_PARAMETER' }));
  const active = tasks.filter((task) => isIn(task, ACTIVE_STATES));
  const ended = tasks.filter((task) => !isIn(task, ACTIVE_STATES));
  const found = which === 'live' ? active : ended;
  if (found.length > 0) return instancesOf(found);
  const key = jobKeyText(job);
  if (tasks.length === 0)
    throw new AuroraError('BAD_PARAMETER', `${key} has no ${instances ? 'such instances' : 'tasks'}`, {
      next: await nearby(session, scheduler, job),
    });
  throw which === 'live'
    ? new AuroraError('BAD_PARAMETER', `no instance of ${key} is active; ended are ${endedText(ended)}`, {
        next: `see their logs with 'aurora job logs ${key} --dead'`,
      })
    : new AuroraError('BAD_PARAMETER', `no task of ${key} has ended`, { next: 'leave out --dead' });
}

const MOST_LISTED = 5;

function endedText(tasks: readonly ListedTask[]): string {
  const texts = tasks.slice(0, MOST_LISTED).map((task) => `${instanceOf(task)} (${task.status})`);
  const more = tasks.length - texts.length;
  return `${texts.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Advice for when the job does not exist. */
async function nearby(session: Session, scheduler: SchedulerClient, job: ClusterJobKey): Promise<string> {
  const { result } = requireOk(await scheduler.query('getJobs', { ownerRole: job.role }), session.log);
  const keys = (result?.getJobsResult?.configs ?? []).map(({ key }) =>
    jobKeyText({
      cluster: job.cluster,
      role: key?.role ?? '',
      environment: key?.environment ?? '',
      name: key?.name ?? '',
    }),
  );
  const nearest = closestName(jobKeyText(job), keys);
  if (nearest && nearest !== jobKeyText(job)) return `did you mean ${nearest}?`;
  return keys.length > 0
    ? `jobs of ${job.role} are ${keys.slice(0, MOST_LISTED).join(', ')}`
    : `see 'aurora job list ${job.cluster}/${job.role}'`;
}
