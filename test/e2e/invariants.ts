/** What must hold of the schedulers' state and of Mesos' whatever was killed when. */
import { assert } from '../harness/index.ts';
import type { ChangingLoad } from './changing-load.ts';
import type { SchedulerApi } from './scheduler-api.ts';

/** A task that has not ended. */
interface Living {
  readonly id: string;
  readonly job: string;
  readonly instance: number;
  readonly status: string;
}

const LIVING = ['PENDING', 'THROTTLED', 'ASSIGNED', 'STARTING', 'RUNNING', 'KILLING'] as const;

async function livingTasks(api: SchedulerApi): Promise<Living[]> {
  const { response } = await api.call('getTasksWithoutConfigs', { query: { statuses: [...LIVING] } });
  assert.is(response.responseCode, 'OK', JSON.stringify(response.details));
  return (response.result?.scheduleStatusResult?.tasks ?? []).map(({ assignedTask, status }) => ({
    id: assignedTask?.taskId ?? '',
    job: assignedTask?.task?.job?.name ?? '',
    instance: assignedTask?.instanceId ?? -1,
    status: status ?? '',
  }));
}

/** Ids of the tasks that Mesos counts as running or about to. */
async function livingInMesos(master: string): Promise<string[]> {
  const answer = await fetch(`http://${master}/frameworks`, { headers: { Connection: 'close' } });
  const { frameworks } = (await answer.json()) as {
    frameworks: { tasks: { id: string; state: string }[] }[];
  };
  return frameworks
    .flatMap(({ tasks }) => tasks)
    .filter(({ state }) => /^TASK_(STAGING|STARTING|RUNNING|KILLING)$/.test(state))
    .map(({ id }) => id);
}

/** A task's id without its random part: role, environment, job and instance. */
const instanceOf = (taskId: string): string =>
  taskId.replace(/-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, '');

function assertSingle(names: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const name of names) {
    assert.not(seen.has(name), `${what}: ${name} is there twice`);
    seen.add(name);
  }
}

/** No acknowledged write is lost and no instance is doubled, here or in Mesos. Takes no pause of the load. */
export async function assertNothingLost(
  api: SchedulerApi,
  load: ChangingLoad,
  master: string,
): Promise<void> {
  const before = new Map(load.jobs);
  const sizesBefore = new Map([...before.keys()].map((name) => [name, load.instances(name)]));
  const living = await livingTasks(api);
  assertSingle(
    living.map(({ id }) => instanceOf(id)),
    'in the state',
  );
  const jobs = new Map<string, Living[]>();
  for (const task of living) jobs.set(task.job, [...(jobs.get(task.job) ?? []), task]);
  for (const [name, state] of before) {
    const wanted = (jobs.get(name) ?? []).filter(({ status }) => status !== 'KILLING');
    if (state === 'gone') assert.equal(wanted, [], `${name} was killed, and that was acknowledged`);
    // What began to change while we looked may be seen before or after.
    if (state !== 'there' || load.jobs.get(name) !== 'there') continue;
    const possible = [...(sizesBefore.get(name) ?? []), ...load.instances(name)];
    assert.ok(
      possible.includes(wanted.length),
      `${name} has ${wanted.length} instances; what was acknowledged makes ${possible.join(' or ')}`,
    );
  }
  assertSingle((await livingInMesos(master)).map(instanceOf), 'in Mesos');
}

/** Whether state and Mesos agree, now that nothing is asked for: every job that is there runs, and nothing else does. */
export async function isSettled(api: SchedulerApi, load: ChangingLoad, master: string): Promise<boolean> {
  const living = await livingTasks(api);
  if (living.some(({ status }) => status !== 'RUNNING')) return false;
  const sizes = [...load.jobs].flatMap(([name, state]) => (state === 'there' ? [load.instances(name)] : []));
  const sum = (pick: (...sizes: number[]) => number) => sizes.reduce((all, size) => all + pick(...size), 0);
  if (living.length < sum(Math.min) || living.length > sum(Math.max)) return false;
  const running = new Set(await livingInMesos(master));
  return running.size === living.length && living.every(({ id }) => running.has(id));
}
