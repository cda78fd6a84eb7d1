import { ACTIVE_STATES } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { parseStates } from './admin-states.ts';
import { clusterNamed, loadClusters } from './clusters.ts';
import { parseInstances } from './job-key.ts';
import { joinedMessages } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { type ListedTask, tasksIn } from './tasks.ts';

export interface QueryTasks {
  readonly cluster: string;
  readonly role?: string | undefined;
  readonly job?: string | undefined;
  /** Allow queries that may match very many tasks. */
  readonly force: boolean;
  readonly shards?: string | undefined;
  readonly states: string;
  /** The text to print for a task; `%name%` stands for one of its fields. */
  readonly format: string;
}

/**
 * Prints a line for each task that matches. Throws BAD_PARAMETER for a query that needs `force`, and API when the
 * scheduler refuses.
 */
export async function queryTasks(session: Session, given: QueryTasks): Promise<void> {
  const statuses = parseStates(given.states);
  clusterNamed(loadClusters(session), given.cluster);
  const needsForce =
    given.role === undefined
      ? 'no role specified'
      : given.job === undefined
        ? 'no job specified'
        : statuses.some((status) => !ACTIVE_STATES.has(status))
          ? 'states outside ACTIVE states'
          : undefined;
  if (needsForce && !given.force) {
    throw new AuroraError('BAD_PARAMETER', `--force is required for expensive queries (${needsForce})`);
  }
  const response = await schedulerOf(session, given.cluster).query('getTasksStatus', {
    query: {
      role: given.role,
      jobName: given.job,
      instanceIds: given.shards === undefined ? [] : [...parseInstances(given.shards)],
      statuses: [...statuses],
    },
  });
  if (response.responseCode !== 'OK')
    throw new AuroraError('API', `Failed to query scheduler: ${joinedMessages(response)}`);
  session.give?.(tasksIn(response));
  session.print(
    tasksIn(response)
      .map((task) => `${formatted(task, given.format)}\n`)
      .join(''),
  );
}

/** The fields of a task by their names in the original's flattened form; `name` is that of the job. */
const FIELDS: Readonly<Record<string, (task: ListedTask) => unknown>> = {
  taskId: ({ assignedTask }) => assignedTask?.taskId,
  instanceId: ({ assignedTask }) => assignedTask?.instanceId ?? 0,
  slaveId: ({ assignedTask }) => assignedTask?.slaveId,
  slaveHost: ({ assignedTask }) => assignedTask?.slaveHost,
  assignedPorts: ({ assignedTask }) => assignedTask?.assignedPorts,
  status: ({ status }) => status,
  failureCount: ({ failureCount }) => failureCount ?? 0,
  timesPartitioned: ({ timesPartitioned }) => timesPartitioned ?? 0,
  taskEvents: ({ taskEvents }) => taskEvents,
  ancestorId: ({ ancestorId }) => ancestorId,
  ...Object.fromEntries(
    (['role', 'environment', 'name'] as const).map((part) => [
      part,
      ({ assignedTask }: ListedTask) => assignedTask?.task?.job?.[part],
    ]),
  ),
  user: ({ assignedTask }) => assignedTask?.task?.owner?.user,
  ...Object.fromEntries(
    (
      [
        'isService',
        'priority',
        'maxTaskFailures',
        'production',
        'tier',
        'resources',
        'constraints',
        'metadata',
        'contactEmail',
        'taskLinks',
        'mesosFetcherUris',
        'partitionPolicy',
        'slaPolicy',
      ] as const
    ).map((field) => [field, ({ assignedTask }: ListedTask) => assignedTask?.task?.[field]]),
  ),
  image: ({ assignedTask }) => assignedTask?.task?.container?.mesos?.image,
  volumes: ({ assignedTask }) => assignedTask?.task?.container?.mesos?.volumes,
  docker: ({ assignedTask }) => assignedTask?.task?.container?.docker,
  data: ({ assignedTask }) => assignedTask?.task?.executorConfig?.data,
};

const formatted = (task: ListedTask, format: string): string =>
  format.replaceAll(/%(\w+)%/g, (_, name: string) => {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (field) return valueText(field(task));
    throw new AuroraError('BAD_PARAMETER', `Unknown key in format string: ${name}`, {
      next: `valid are ${Object.keys(FIELDS).join(', ')}`,
    });
  });

/** Formats a value like Python, which matters for unset values and booleans. */
function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return String(value);
  return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? Number(item) : item));
}
