import {
  normalise,
  type ScheduledTask,
  type TaskConfig,
  type TaskQuery,
  type Wire,
} from '../../../api/index.ts';
import { AuroraError } from '../../../base/errors.ts';
import { onDemand } from '../on-demand.ts';
import { wireFunnel } from './funnels.ts';
import { type Handlers, invalidRequest, ok } from './outcome.ts';
import type { RpcSettings } from './rpc-settings.ts';

export function queryOf(wire: Wire<'TaskQuery'> | undefined): TaskQuery {
  if (!wire) throw new AuroraError('API', 'a task query is needed');
  return normalise('TaskQuery', wire);
}

/** The items from `offset` on, at most `limit` of them; values that are not positive have no effect. */
export function page<T>(items: readonly T[], { offset, limit }: TaskQuery): readonly T[] {
  const from = Math.max(0, offset);
  return from === 0 && limit <= 0 ? items : items.slice(from, limit > 0 ? from + limit : undefined);
}

/** Stored tasks share their configuration, so each configuration is stripped only once. */
const stripped = new WeakMap<TaskConfig, Wire<'TaskConfig'>>();

function withoutData(config: TaskConfig): Wire<'TaskConfig'> {
  if (!config.executorConfig) return config;
  const known = stripped.get(config);
  if (known) return known;
  const made = { ...config, executorConfig: { name: config.executorConfig.name } };
  stripped.set(config, made);
  return made;
}

const withoutConfig = (task: ScheduledTask): Wire<'ScheduledTask'> => ({
  ...task,
  assignedTask: { ...task.assignedTask, task: withoutData(task.assignedTask.task) },
});

/**
 * Adds to a pending task what it waits for, as the message of its last event, which has none of its own. So the status
 * command of every client shows it. The reason depends on the configuration only and is computed once per reply.
 */
function withReasons(reasonOf: (config: TaskConfig) => string): (task: ScheduledTask) => ScheduledTask {
  const known = new Map<TaskConfig, string>();
  return (task) => {
    const last = task.taskEvents.at(-1);
    if (task.status !== 'PENDING' || last?.status !== 'PENDING' || last.message !== undefined) return task;
    const { task: config } = task.assignedTask;
    const message = known.get(config) ?? reasonOf(config);
    known.set(config, message);
    if (message === '') return task;
    return { ...task, taskEvents: [...task.taskEvents.slice(0, -1), { ...last, message }] };
  };
}

/** Most configurations per reply whose funnel is computed: each costs a look at every offer. */
const MOST_FUNNELS = 10;

/** Calls that read tasks. */
export function taskReads({ storage, pending }: RpcSettings) {
  const tasksOf = (wire: Wire<'TaskQuery'> | undefined): readonly ScheduledTask[] => {
    const query = queryOf(wire);
    return page(
      storage.read((stores) => stores.tasks.find(query)),
      query,
    );
  };
  const reasonOf = (config: TaskConfig): string => pending.reasons(config).join(',');
  return {
    getTasksStatus: ({ query }) => ok({ scheduleStatusResult: { tasks: tasksOf(query) } }),
    getTasksWithoutConfigs({ query }) {
      const explained = withReasons(reasonOf);
      const shown = (task: ScheduledTask) => withoutConfig(explained(task));
      // A pending task's reason changes over time, so its encoding must not be cached.
      const isLasting = ({ status }: ScheduledTask) => status !== 'PENDING';
      return ok({ scheduleStatusResult: { tasks: onDemand(tasksOf(query), shown, isLasting) } });
    },
    async getPendingReason({ query }) {
      if (query?.slaveHosts?.length || query?.statuses?.length)
        return invalidRequest(
          'Pending reasons are asked for without statuses and hosts: every such task is PENDING.',
        );
      const idsByConfig = new Map<TaskConfig, string[]>();
      for (const { assignedTask } of tasksOf(query && { ...query, statuses: ['PENDING'] })) {
        const ids = idsByConfig.get(assignedTask.task);
        if (ids) ids.push(assignedTask.taskId);
        else idsByConfig.set(assignedTask.task, [assignedTask.taskId]);
      }
      const reasons = [...idsByConfig].flatMap(([config, taskIds]) => {
        const reason = reasonOf(config);
        return taskIds.map((taskId) => ({ taskId, reason }));
      });
      const funnels: Wire<'PendingFunnel'>[] = [];
      for (const [config, taskIds] of [...idsByConfig].slice(0, MOST_FUNNELS))
        funnels.push(wireFunnel(await pending.funnel(config), taskIds));
      return ok({ getPendingReasonResult: { reasons, funnels } });
    },
  } satisfies Handlers;
}
