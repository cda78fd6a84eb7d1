import { ACTIVE_STATES, type Wire } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { configChanges } from './config-diff.ts';
import { changesText } from './config-diff-text.ts';
import { diffText, instancesLine } from './diff-text.ts';
import { viewDiff } from './diff-viewer.ts';
import { type ConfigFlags, loadJob } from './job-config.ts';
import { type ClusterInstanceKey, type ClusterJobKey, jobKeyText, wireJobKey } from './job-key.ts';
import { numbersOf, rangesOf, rangesText } from './ranges.ts';
import { requireOk } from './response.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { instanceOf, instancesOf, jobQuery, type ListedTask, tasksIn } from './tasks.ts';
import { diffOf, type UpdateDiff, updateRequestOf } from './update-request.ts';

type TaskConfig = Wire<'TaskConfig'>;

export interface DiffJob {
  readonly file: string;
  readonly config: ConfigFlags;
  /** The running job to compare with; by default the one with the file's own key. */
  readonly from?: ClusterJobKey | undefined;
  /** Exit with code 2 when there are differences. */
  readonly exitCode: boolean;
}

/** The exit code with `--exit-code` when there are differences. */
export const CHANGED = 2;

/**
 * Prints how the job of a file differs from the running one: which instances an update would touch, and what changes
 * for each of their configurations. Returns the exit code. Throws CONFIG, COMMAND_FAILED and BAD_PARAMETER like the
 * original.
 */
export async function diffJob(
  session: Session,
  meant: ClusterInstanceKey,
  options: DiffJob,
): Promise<number> {
  let known: SchedulerClient | undefined;
  const connect = () => (known ??= schedulerOf(session, meant.job.cluster));
  const converted = await loadJob(session, connect, meant.job, options.file, options.config);
  const { jobConfiguration } = converted;
  const response = await connect().query('populateJobConfig', { description: jobConfiguration });
  const header = 'Error loading configuration';
  const { result } = requireOk(response, session.log, { header, code: 'CONFIG' });
  const local = result?.populateJobResult?.taskConfig ?? jobConfiguration.taskConfig ?? {};
  const from = options.from ?? meant.job;
  const scheduler = from.cluster === meant.job.cluster ? connect() : schedulerOf(session, from.cluster);
  const side = { session, scheduler, local };
  const isDifferent = jobConfiguration.cronSchedule
    ? await diffCron(side, from, jobConfiguration.instanceCount ?? 1)
    : await diffService(side, { ...updateRequestOf(converted, meant.instances) }, from);
  return isDifferent && options.exitCode ? CHANGED : 0;
}

interface Side {
  readonly session: Session;
  readonly scheduler: SchedulerClient;
  /** The configuration that the file would run, as completed by the scheduler. */
  readonly local: TaskConfig;
}

async function diffService(
  { session, scheduler, local }: Side,
  request: Wire<'JobUpdateRequest'>,
  from: ClusterJobKey,
): Promise<boolean> {
  const diff = await diffOf(session, scheduler, {
    ...request,
    taskConfig: { ...request.taskConfig, job: wireJobKey(from) },
  });
  const { update = [], add = [], remove = [] } = diff;
  session.give?.({
    job: jobKeyText(from),
    ...instancesIn(diff),
    changes: update.map((group) => ({
      instances: numbersOf(group.instances ?? []),
      fields: configChanges(group.config ?? {}, local),
    })),
  });
  const [head = '', tail = ''] = diffText({ ...diff, update: [] }, MARK).split(MARK);
  session.print(head);
  for (const group of update) {
    session.print(`${instancesLine('update', [group])}with diff:\n\n`);
    session.print(`${await textDiff(session, [group.config ?? {}], [local])}\n\n`);
  }
  session.print(tail);
  return [update, add, remove].some(({ length }) => length > 0);
}

/** Which instances are added, removed, updated and left alone. */
const instancesIn = ({ add, remove, update, unchanged }: UpdateDiff) =>
  Object.fromEntries(
    Object.entries({ add, remove, update, unchanged }).map(([what, groups]) => [
      what,
      numbersOf((groups ?? []).flatMap(({ instances }) => instances ?? [])),
    ]),
  );

/** A placeholder for the lines about updated instances. */
const MARK = '\0';

async function diffCron(
  { session, scheduler, local }: Side,
  from: ClusterJobKey,
  count: number,
): Promise<boolean> {
  const response = await scheduler.query('getTasksStatus', {
    query: { ...jobQuery(from), statuses: [...ACTIVE_STATES] },
  });
  const header = 'Could not find job to diff against';
  requireOk(response, session.log, { header, code: 'BAD_PARAMETER' });
  if (response.result?.scheduleStatusResult?.tasks === undefined)
    throw new AuroraError('BAD_PARAMETER', `No tasks found for job ${jobKeyText(from)}`);
  const tasks = tasksIn(response);
  const remote = tasks.map(({ assignedTask }) => assignedTask?.task ?? {});
  const changed = tasks.map((task) => ({
    instances: [instanceOf(task)],
    fields: configChanges(task.assignedTask?.task ?? {}, local),
  }));
  session.give?.({ job: jobKeyText(from), changes: changed.filter(({ fields }) => fields.length > 0) });
  const wanted = Array.from({ length: count }, () => local);
  const { DIFF_VIEWER: viewer } = session.env;
  const text = viewer ? await viewDiff(session, viewer, remote, wanted) : cronText(tasks, local, count);
  session.print(`${text}\n`);
  return text !== '';
}

/** What would change if the job of the file ran in place of these tasks. */
function cronText(tasks: readonly ListedTask[], local: TaskConfig, count: number): string {
  const size = tasks.length === count ? '' : `  instances: ${tasks.length} -> ${count}\n`;
  const groups = new Map<string, ListedTask[]>();
  for (const task of tasks) {
    const changes = changesText(configChanges(task.assignedTask?.task ?? {}, local));
    if (changes) groups.set(changes, [...(groups.get(changes) ?? []), task]);
  }
  const parts = [...groups].map(
    ([changes, own]) => `instances ${rangesText(rangesOf(instancesOf(own)))}:\n${changes}`,
  );
  return `${size}${parts.join('')}`;
}

async function textDiff(
  session: Session,
  before: readonly TaskConfig[],
  after: readonly TaskConfig[],
): Promise<string> {
  const { DIFF_VIEWER: viewer } = session.env;
  if (viewer) return viewDiff(session, viewer, before, after);
  return changesText(configChanges(before[0] ?? {}, after[0] ?? {}));
}
