import { LIVE_STATES, type Wire } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { tellAnswer } from './admin-answer.ts';
import type { Grouping } from './host-groups.ts';
import { joinedMessages } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import type { SlaLimit } from './sla-limits.ts';
import { type ListedTask, tasksIn } from './tasks.ts';

/**
 * The parts of a live task that matter here: its host, and for how many whole seconds it has been up, if it ever was.
 */
interface LiveTask {
  readonly host: string;
  readonly upSecs: number | undefined;
}

/** The jobs, by key, and the jobs by host. */
export interface Jobs {
  /** All live tasks of each job. */
  readonly tasks: ReadonlyMap<string, readonly LiveTask[]>;
  /** Keys of the jobs that have tasks on a host. */
  readonly onHost: ReadonlyMap<string, ReadonlySet<string>>;
}

/** How a job would stand if certain hosts were down. */
export interface Forecast {
  readonly job: string;
  /** The percentage of its tasks that would have been up long enough. */
  readonly percentage: number;
  readonly durationSecs: number;
  readonly isSafe: boolean;
  /** Seconds until it would be safe; undefined when waiting does not help. */
  readonly safeInSecs: number | undefined;
}

/** Only production jobs count. Source: the original, which leaves out the promise to all others. */
const isProduction = ({ assignedTask }: ListedTask): boolean => assignedTask?.task?.production === true;

/**
 * The production jobs of a cluster that have at least `minTasks` live tasks; with `hosts`, only those with tasks on
 * these. Throws API when the scheduler refuses, because a refusal does not mean that there are no tasks.
 */
export async function productionJobs(
  session: Session,
  cluster: string,
  { minTasks, hosts }: { readonly minTasks: number; readonly hosts?: readonly string[] | undefined },
): Promise<Jobs> {
  const scheduler = schedulerOf(session, cluster);
  const query = async (scope: Wire<'TaskQuery'>): Promise<readonly ListedTask[]> => {
    const response = await scheduler.once('getTasksWithoutConfigs', {
      query: { ...scope, statuses: [...LIVE_STATES] },
    });
    if (!tellAnswer(session, response))
      throw new AuroraError('API', `The tasks cannot be looked at: ${joinedMessages(response)}`);
    return tasksIn(response);
  };
  if (!hosts) return jobsOf(await query({}), cluster, session, minTasks);
  const keys = new Map<string, Wire<'JobKey'>>();
  for (const { assignedTask } of await query({ slaveHosts: [...hosts] })) {
    const job = assignedTask?.task?.job ?? {};
    keys.set(keyText(cluster, job), job);
  }
  const tasks = keys.size > 0 ? await query({ jobKeys: [...keys.values()] }) : [];
  return jobsOf(tasks, cluster, session, minTasks);
}

const keyText = (cluster: string, { role, environment, name }: Wire<'JobKey'>): string =>
  `${cluster}/${role}/${environment}/${name}`;

function jobsOf(all: readonly ListedTask[], cluster: string, { clock }: Session, minTasks: number): Jobs {
  const nowSecs = Math.floor(clock.nowMs() / 1000);
  const tasks = new Map<string, LiveTask[]>();
  for (const task of all.filter(isProduction)) {
    const key = keyText(cluster, task.assignedTask?.task?.job ?? {});
    const ofJob = tasks.get(key) ?? [];
    tasks.set(key, ofJob);
    const up = task.taskEvents?.find(({ status }) => status === 'RUNNING');
    const upSecs = up && nowSecs - Math.floor(Number(up.timestamp ?? 0) / 1000);
    ofJob.push({ host: task.assignedTask?.slaveHost ?? '', upSecs });
  }
  const onHost = new Map<string, Set<string>>();
  for (const [key, ofJob] of tasks) {
    if (ofJob.length < minTasks) tasks.delete(key);
    else for (const { host } of ofJob) onHost.set(host, (onHost.get(host) ?? new Set()).add(key));
  }
  return { tasks, onHost };
}

/**
 * For each host, in the given order, the forecasts of its jobs, sorted by key: how each would stand if all of `hosts`
 * were down.
 */
export function forecastsOf(
  { tasks, onHost }: Jobs,
  hosts: readonly string[],
  limitOf: (job: string) => SlaLimit,
): ReadonlyMap<string, readonly Forecast[]> {
  const down = new Set(hosts);
  const known = new Map<string, Forecast>();
  const forecast = (job: string): Forecast => {
    const found = known.get(job) ?? forecastOf(job, tasks.get(job) ?? [], down, limitOf(job));
    known.set(job, found);
    return found;
  };
  return new Map(hosts.map((host) => [host, [...(onHost.get(host) ?? [])].sort().map(forecast)]));
}

/** Source of the formula: the original's client. */
function forecastOf(
  job: string,
  tasks: readonly LiveTask[],
  down: ReadonlySet<string>,
  { percentage: wanted, durationSecs }: SlaLimit,
): Forecast {
  const left = tasks
    .flatMap(({ host, upSecs }) => (upSecs === undefined || down.has(host) ? [] : [upSecs]))
    .sort((a, b) => a - b);
  const percentage = (100 * left.filter((secs) => secs >= durationSecs).length) / tasks.length;
  const isSafe = percentage >= wanted;
  const youngest = left[left.length - Math.ceil((tasks.length * wanted) / 100)];
  const safeInSecs = isSafe ? 0 : youngest === undefined ? undefined : durationSecs - youngest;
  return { job, percentage, durationSecs, isSafe, safeInSecs };
}

/** Forecasts of groups of hosts that go down together. */
export const groupForecasts = (
  jobs: Jobs,
  hosts: Iterable<string>,
  grouping: Grouping,
  limitOf: (job: string) => SlaLimit,
): readonly ReadonlyMap<string, readonly Forecast[]>[] =>
  grouping(hosts).map((group) => forecastsOf(jobs, group, limitOf));

/** A line such as `h0	west/web/prod/api	80.00	True	0`, in the original's format, which scripts read. */
export const forecastLine = (host: string, { job, percentage, isSafe, safeInSecs }: Forecast): string => {
  const when = safeInSecs === undefined ? 'n/a' : isSafe ? '0' : safeInSecs.toFixed(1);
  return `${host}\t${job}\t${percentage.toFixed(2)}\t${isSafe ? 'True' : 'False'}\t${when}\n`;
};
