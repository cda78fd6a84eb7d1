import { ACTIVE_STATES, type JobKey, type ScheduledTask, toNumber } from '../../../api/index.ts';
import { type Clock, sleep } from '../../../base/clock.ts';
import type { TaskFeed, ViewedTask } from '../../../sandbox/log-view-settings.ts';
import type { RemoteTask } from '../../../sandbox/remote-task.ts';
import type { Executors } from '../../launch/executors.ts';
import type { StateEvents } from '../../state/index.ts';
import type { Storage } from '../../storage/index.ts';

export interface ViewedTasksSettings {
  readonly storage: Storage;
  readonly events: StateEvents;
  readonly executors: Executors;
  readonly clock: Clock;
}

/** Where a task's sandbox is. All of it comes from our own stores, nothing from the request. */
function placeOf(
  { assignedTask }: ScheduledTask,
  executors: Executors,
  frameworkId: string | undefined,
): RemoteTask | undefined {
  const { slaveHost, slaveId, task, taskId } = assignedTask;
  if (slaveHost === undefined) return undefined;
  const executor = task.executorConfig ? executors.get(task.executorConfig.name) : undefined;
  return {
    taskId,
    host: slaveHost,
    agentId: slaveId,
    executorId: `${executor?.idPrefix ?? ''}${taskId}`,
    frameworkId,
  };
}

export function viewedTask(
  task: ScheduledTask,
  executors: Executors,
  frameworkId: string | undefined,
): ViewedTask {
  const { assignedTask, status, taskEvents } = task;
  const last = taskEvents.at(-1);
  const isEnded = !ACTIVE_STATES.has(status);
  const atMs = toNumber(last?.timestamp ?? 0);
  const began = taskEvents.find((event) => event.status === 'RUNNING' || event.status === 'STARTING');
  return {
    taskId: assignedTask.taskId,
    instance: assignedTask.instanceId,
    status,
    isEnded,
    atMs,
    bornMs: toNumber(taskEvents[0]?.timestamp ?? 0),
    ...(isEnded && began ? { ranMs: atMs - toNumber(began.timestamp) } : {}),
    ...(last?.message ? { message: last.message } : {}),
    isService: assignedTask.task.isService,
    place: placeOf(task, executors, frameworkId),
  };
}

/** Changes within JOIN_MS are looked at together; after LONGEST_MS without a change everything is looked at anyway. */
const JOIN_MS = 250;
const LONGEST_MS = 10_000;

const isOf = (task: ScheduledTask, { environment, name, role }: JobKey): boolean => {
  const { job } = task.assignedTask.task;
  return job.name === name && job.role === role && job.environment === environment;
};

/** Gives the tasks of a job, or those with the given ids, and tells when they change. */
export function taskFeed(
  { clock, events, executors, storage }: ViewedTasksSettings,
  wanted: { readonly job: JobKey } | { readonly ids: readonly string[] },
): TaskFeed & { close(): void } {
  const ids = 'ids' in wanted ? new Set(wanted.ids) : undefined;
  let changed = false;
  let wake = () => {};
  const matches = (task: ScheduledTask): boolean =>
    'job' in wanted ? isOf(task, wanted.job) : (ids?.has(task.assignedTask.taskId) ?? false);
  const close = events.subscribe((event) => {
    const isOurs =
      event.kind === 'taskStateChanged'
        ? matches(event.task)
        : event.kind === 'tasksDeleted' && event.tasks.some(matches);
    if (!isOurs) return;
    changed = true;
    wake();
  });
  return {
    close,
    tasks: async () => {
      const found = storage.read(({ framework, tasks }) => {
        const known =
          'job' in wanted ? tasks.ofJob(wanted.job) : wanted.ids.flatMap((id) => tasks.get(id) ?? []);
        return known.map((task) => viewedTask(task, executors, framework.id()));
      });
      // Only show what is durable, as in every reply.
      await storage.settled();
      return found;
    },
    async change(signal) {
      signal.throwIfAborted();
      if (!changed) {
        await new Promise<void>((resolve) => {
          const done = () => {
            timer.cancel();
            signal.removeEventListener('abort', done);
            resolve();
          };
          const timer = clock.after(LONGEST_MS, done);
          signal.addEventListener('abort', done, { once: true });
          wake = done;
        });
      }
      signal.throwIfAborted();
      await sleep(clock, JOIN_MS, signal);
      changed = false;
    },
  };
}
