import { ACTIVE_STATES } from '../api/index.ts';
import type { TaskUsage, UsageView, UsedByTask } from '../api/views/sandbox-view.ts';
import { sleep } from '../base/clock.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import { turnstile } from '../sandbox/turnstile.ts';
import { type ClusterInstanceKey, jobKeyText } from './job-key.ts';
import { isoTime } from './json-result.ts';
import { liveBlock } from './live-block.ts';
import { requireOk } from './response.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import { styleOf } from './screen-style.ts';
import type { Session } from './session.ts';
import { tableText } from './table-text.ts';
import { isIn, jobQuery, tasksIn } from './tasks.ts';
import { openView, refusalIn, wholeBody } from './view-transport.ts';

export interface TaskTopOptions {
  readonly json: boolean;
  readonly direct: boolean;
  /** The time between two looks; undefined looks once. */
  readonly watchMs?: number | undefined;
}

const MOST_BYTES = 16 * 2 ** 20;
/** The time between two looks when cores have to be computed from processor time. */
const SAMPLE_MS = 1_000;

/** Shows what the instances of a job use, sorted by processor time with the largest first. */
export async function taskTop(
  session: Session,
  key: ClusterInstanceKey,
  options: TaskTopOptions,
): Promise<void> {
  const scheduler = schedulerOf(session, key.job.cluster);
  const ask = async () =>
    (!options.direct && (await throughScheduler(session, scheduler, key))) ||
    directly(session, scheduler, key);
  let before = await ask();
  if (before.length === 0)
    throw new AuroraError('BAD_PARAMETER', `no instance of ${jobKeyText(key.job)} is active`, {
      next: `see 'aurora job status ${jobKeyText(key.job)}'`,
    });
  const terminal = options.watchMs === undefined || options.json ? undefined : session.terminal();
  const block = terminal && liveBlock(session.complain, terminal, styleOf(session.env, { isTerminal: true }));
  let needsAnother = before.some(({ cpu, cpuSeconds }) => cpu === undefined && cpuSeconds !== undefined);
  for (;;) {
    let now = before;
    if (needsAnother) {
      await sleep(session.clock, SAMPLE_MS, session.signal);
      now = withCores(before, await ask());
    }
    if (options.json) session.print(`${JSON.stringify({ tasks: now.map(usageJson) })}\n`);
    else if (block) block.draw(topText(now).trimEnd().split('\n'));
    else session.print(topText(now));
    if (options.watchMs === undefined) return;
    await sleep(session.clock, options.watchMs, session.signal);
    before = withCores(now, await ask());
    needsAnother = false;
  }
}

/** The usage as JSON; times are in ISO 8601. */
const usageJson = ({ atMs, ...used }: UsedByTask): object => ({ ...used, at: isoTime(atMs) });

/** Computes the number of cores in use from the processor time at two looks. */
export function withCores(before: readonly UsedByTask[], now: readonly UsedByTask[]): readonly UsedByTask[] {
  const earlier = new Map(before.map((one) => [one.task, one]));
  return now.map((one) => {
    const last = earlier.get(one.task);
    if (one.cpu !== undefined || one.cpuSeconds === undefined || last?.cpuSeconds === undefined) return one;
    const seconds = ((one.atMs ?? 0) - (last.atMs ?? 0)) / 1000;
    return seconds > 0
      ? { ...one, cpu: Math.max(0, one.cpuSeconds - last.cpuSeconds) / seconds }
      : { ...one, cpu: last.cpu };
  });
}

const bytesText = (bytes: number | undefined): string | undefined => {
  if (bytes === undefined) return undefined;
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let at = 0;
  for (; bytes >= 1024 && at < units.length - 1; at++) bytes /= 1024;
  return `${at === 0 ? bytes : bytes.toFixed(1)} ${units[at]}`;
};

/** One row for each instance. */
export function topText(tasks: readonly UsedByTask[]): string {
  const rows = [...tasks]
    .sort((a, b) => (b.cpu ?? -1) - (a.cpu ?? -1) || a.instance - b.instance)
    .map(({ cpu, diskBytes, host, instance, problem, ramBytes, status }) => ({
      instance,
      status,
      cpu: cpu?.toFixed(2),
      ram: bytesText(ramBytes),
      disk: bytesText(diskBytes),
      host,
      problem: problem ?? '',
    }));
  return tableText(
    [
      ['instance', 'INST'],
      ['status', 'STATE'],
      ['cpu', 'CPU'],
      ['ram', 'RAM'],
      ['disk', 'DISK'],
      ['host', 'HOST'],
      ['problem', ''],
    ],
    rows,
  );
}

/** Asks the scheduler; undefined when this scheduler shows no usage. */
async function throughScheduler(
  session: Session,
  scheduler: SchedulerClient,
  { instances, job }: ClusterInstanceKey,
): Promise<readonly UsedByTask[] | undefined> {
  const url = new URL('api/view/usage', await scheduler.leader());
  url.searchParams.set('job', `${job.role}/${job.environment}/${job.name}`);
  if (instances) url.searchParams.set('instances', instances.join(','));
  const view = await openView(`${url}`, session);
  if (view.status === 200)
    return (JSON.parse((await wholeBody(view, MOST_BYTES)).toString('utf8')) as UsageView).tasks;
  const refusal = await refusalIn(view);
  if (view.status === 401 || refusal?.code === 'forbidden')
    throw new AuroraError('AUTH', refusal?.error ?? `the scheduler answered with ${view.status}`);
  return undefined;
}

const MOST_AT_ONCE = 16;

async function directly(
  session: Session,
  scheduler: SchedulerClient,
  { instances, job }: ClusterInstanceKey,
): Promise<readonly UsedByTask[]> {
  const { clock, log, signal } = session;
  const [{ clusterAddresses, viewedTask }, { sandboxes }, { clusterNamed, loadClusters }] = await Promise.all(
    [import('./direct-logs.ts'), import('../sandbox/sandboxes.ts'), import('./clusters.ts')],
  );
  const response = await scheduler.query('getTasksWithoutConfigs', { query: jobQuery(job, instances) });
  const tasks = tasksIn(requireOk(response, log))
    .filter((task) => isIn(task, ACTIVE_STATES))
    .map(viewedTask);
  const reader = sandboxes({
    addresses: clusterAddresses(clusterNamed(loadClusters(session), job.cluster)),
    clock,
  });
  const gate = turnstile(MOST_AT_ONCE);
  try {
    return await Promise.all(
      tasks.map(async ({ instance, place, status, taskId }): Promise<UsedByTask> => {
        const known = { task: taskId, instance, status, host: place?.host };
        if (!place) return known;
        try {
          const used: TaskUsage | undefined = await gate(() => reader.usage(place, signal));
          return used ? { ...known, ...used } : { ...known, problem: 'nobody measures it' };
        } catch (error) {
          signal.throwIfAborted();
          return { ...known, problem: messageOf(error) };
        }
      }),
    );
  } finally {
    reader.close();
  }
}
