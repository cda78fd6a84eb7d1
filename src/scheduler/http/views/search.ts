import type { ScheduledTask, TaskConfig } from '../../../api/index.ts';
import type { SearchReply } from '../../../api/views/search.ts';
import { firstPlaces } from '../../../base/first-places.ts';
import { turns, yieldTurn } from '../../../base/turns.ts';
import { jobKeyText } from '../../storage/keys.ts';
import type { RoleJobs } from './role-jobs.ts';
import type { View, ViewWorld } from './view-settings.ts';

/** Most results of one kind. */
const MOST = 20;

const rankOf = (name: string, at: number, wanted: string): number => {
  if (name.length === wanted.length) return 0;
  const last = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  return last === wanted ? 1 : at === 0 ? 2 : last.startsWith(wanted) ? 3 : 4;
};

/**
 * Names that contain the text, best match first: equal to it, last part equal, beginning with it, last part beginning
 * with it, others.
 */
function best(names: Iterable<string>, wanted: string): string[] {
  const ranked: { readonly rank: number; readonly name: string }[] = [];
  for (const name of names) {
    const at = name.toLowerCase().indexOf(wanted);
    if (at >= 0) ranked.push({ rank: rankOf(name, at, wanted), name });
  }
  return firstPlaces(ranked.length, MOST, (a, b) => {
    const [left, right] = [ranked[a] as (typeof ranked)[number], ranked[b] as (typeof ranked)[number]];
    return (
      left.rank - right.rank || left.name.length - right.name.length || (left.name < right.name ? -1 : 1)
    );
  }).map((place) => (ranked[place] as (typeof ranked)[number]).name);
}

/** Ids are long: a shorter text is not searched for in the ids of tasks and updates. */
const SHORTEST_ID = 6;
/** How many tasks are looked at between two looks at the clock. */
const TASKS_BETWEEN_LOOKS = 256;

/** Whether a task's id contains the text. Ids are in lower case, except for the names in those of some jobs. */
function idMatcher(wanted: string): (task: ScheduledTask) => boolean {
  let config: TaskConfig | undefined;
  let isLower = true;
  return ({ assignedTask: { task, taskId } }) => {
    if (task !== config) {
      const { environment, name, role } = task.job;
      config = task;
      isLower = ![role, environment, name].some((text) => text !== text.toLowerCase());
    }
    return (isLower ? taskId : taskId.toLowerCase()).includes(wanted);
  };
}

/** The tasks whose ids contain the text. Whole ids, which people paste from logs, are found without looking at others. */
async function tasksFound({ clock, storage }: ViewWorld, q: string): Promise<SearchReply['tasks']> {
  if (q.length < SHORTEST_ID) return [];
  const shown = ({ assignedTask, status }: ScheduledTask) => ({
    taskId: assignedTask.taskId,
    job: jobKeyText(assignedTask.task.job),
    status,
  });
  const whole = storage.read(({ tasks }) => tasks.get(q));
  if (whole) return [shown(whole)];
  const fits = idMatcher(q.toLowerCase());
  const found: SearchReply['tasks'][number][] = [];
  const turn = turns(clock);
  let looked = 0;
  // Not a copy: that would be a long piece of work by itself. Tasks may come and go meanwhile.
  for (const task of storage.read(({ tasks }) => tasks.all())) {
    if (fits(task)) found.push(shown(task));
    if (found.length >= MOST) break;
    const pause = ++looked % TASKS_BETWEEN_LOOKS === 0 ? turn() : undefined;
    if (pause) await pause;
  }
  return found;
}

function* namesOf(roles: readonly RoleJobs[]): Generator<string> {
  for (const { rows } of roles) yield* rows.keys();
}

/** Searches for `q` in the names of roles, jobs and hosts, and in the ids of tasks and updates. */
export const searchView: View = async (world, query): Promise<SearchReply> => {
  const q = (query.q ?? '').trim();
  // Job keys of the command line begin with the cluster; cut that off.
  const own = q.startsWith(`${world.clusterName}/`) && q.split('/').length > 3;
  const text = own ? q.slice(world.clusterName.length + 1) : q;
  const wanted = text.toLowerCase();
  if (wanted === '') return { q, roles: [], jobs: [], tasks: [], updates: [], hosts: [] };
  const roles = await world.rows.roles();
  const jobs = best(namesOf(roles), wanted);
  await yieldTurn();
  const hosts = best(new Set((await world.loads.all()).map(({ host }) => host)), wanted);
  await yieldTurn();
  const updates =
    wanted.length < SHORTEST_ID ? [] : world.storage.read((stores) => [...stores.jobUpdates.summaries()]);
  const found = {
    q,
    roles: best(
      roles.map(({ role }) => role),
      wanted,
    ),
    jobs,
    hosts,
    tasks: await tasksFound(world, text),
    updates: updates
      .filter(({ key }) => key.id.toLowerCase().startsWith(wanted))
      .slice(0, MOST)
      .map(({ key, state }) => ({ id: key.id, job: jobKeyText(key.job), status: state?.status ?? '' })),
  };
  const exact = exactPath(found, wanted);
  return exact === undefined ? found : { ...found, exact };
};

const path = (...parts: readonly string[]): string => `/${parts.map(encodeURIComponent).join('/')}`;
const jobPath = (job: string, ...more: readonly string[]): string =>
  path('scheduler', ...job.split('/'), ...more);

/** Path of the job, task, update or host with exactly this name; undefined when there is none. */
function exactPath({ hosts, jobs, tasks, updates }: SearchReply, wanted: string): string | undefined {
  const [job] = jobs.filter((key) => key.toLowerCase() === wanted);
  if (job !== undefined) return jobPath(job);
  const [task] = tasks.filter(({ taskId }) => taskId.toLowerCase() === wanted);
  if (task) return jobPath(task.job, 'task', task.taskId);
  const [update] = updates.filter(({ id }) => id.toLowerCase() === wanted);
  if (update) return jobPath(update.job, 'update', update.id);
  const [host] = hosts.filter((name) => name.toLowerCase() === wanted);
  return host === undefined ? undefined : path('agents', 'host', host);
}
