import type { SearchReply } from '../../../api/views/search.ts';
import { turns } from '../../../base/turns.ts';
import { jobKeyText } from '../../storage/keys.ts';
import type { View, ViewWorld } from './view-settings.ts';

/** Most results of one kind. */
const MOST = 20;

/**
 * Names that contain the text, best match first: equal to it, last part equal, beginning with it, last part beginning
 * with it, others.
 */
function best(names: Iterable<string>, wanted: string): string[] {
  const ranked: (readonly [rank: number, name: string])[] = [];
  for (const name of names) {
    const at = name.toLowerCase().indexOf(wanted);
    if (at < 0) continue;
    const last = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
    const rank =
      name.length === wanted.length
        ? 0
        : last === wanted
          ? 1
          : at === 0
            ? 2
            : last.startsWith(wanted)
              ? 3
              : 4;
    ranked.push([rank, name]);
  }
  return ranked
    .sort(([a, left], [b, right]) => a - b || left.length - right.length || (left < right ? -1 : 1))
    .slice(0, MOST)
    .map(([, name]) => name);
}

async function tasksFound({ clock, storage }: ViewWorld, wanted: string): Promise<SearchReply['tasks']> {
  const found: SearchReply['tasks'][number][] = [];
  const turn = turns(clock);
  for (const task of storage.read(({ tasks }) => [...tasks.all()])) {
    const { task: config, taskId } = task.assignedTask;
    if (taskId.toLowerCase().includes(wanted)) {
      found.push({ taskId, job: jobKeyText(config.job), status: task.status });
      if (found.length >= MOST) break;
    }
    const pause = turn();
    if (pause) await pause;
  }
  return found;
}

/** Ids are long: a shorter text is not searched for in the ids of tasks and updates. */
const SHORTEST_ID = 6;

/** Searches for `q` in the names of roles, jobs and hosts, and in the ids of tasks and updates. */
export const searchView: View = async (world, query): Promise<SearchReply> => {
  const q = (query.q ?? '').trim();
  // Job keys of the command line begin with the cluster; cut that off.
  const own = q.startsWith(`${world.clusterName}/`) && q.split('/').length > 3;
  const wanted = (own ? q.slice(world.clusterName.length + 1) : q).toLowerCase();
  if (wanted === '') return { q, roles: [], jobs: [], tasks: [], updates: [], hosts: [] };
  const { cronJobs, jobs, hosts, updates } = world.storage.read((stores) => ({
    cronJobs: [...stores.cronJobs.all()].map(({ key }) => jobKeyText(key)),
    jobs: [...stores.tasks.jobs()].map(jobKeyText),
    hosts: [...stores.hosts.all()].map(({ host }) => host),
    updates: wanted.length < SHORTEST_ID ? [] : [...stores.jobUpdates.summaries()],
  }));
  const keys = new Set([...jobs, ...cronJobs]);
  const roles = new Set([...keys].map((key) => key.slice(0, key.indexOf('/'))));
  const found = {
    q,
    roles: best(roles, wanted),
    jobs: best(keys, wanted),
    hosts: best(new Set(hosts), wanted),
    tasks: wanted.length < SHORTEST_ID ? [] : await tasksFound(world, wanted),
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
