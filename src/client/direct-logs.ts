import { ACTIVE_STATES } from '../api/index.ts';
import type { LogRequest } from '../api/views/log-event.ts';
import { sleep } from '../base/clock.ts';
import { systemRandom } from '../base/random.ts';
import { followLogs } from '../sandbox/log-view.ts';
import type { ViewedTask } from '../sandbox/log-view-settings.ts';
import {
  addressFrom,
  DEFAULT_AGENT,
  DEFAULT_OBSERVER,
  type RemoteTask,
  type ServerAddresses,
} from '../sandbox/remote-task.ts';
import { sandboxes } from '../sandbox/sandboxes.ts';
import { type Cluster, clusterNamed, loadClusters } from './clusters.ts';
import type { ClusterJobKey } from './job-key.ts';
import { requireOk } from './response.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import type { LogListener } from './scheduler-logs.ts';
import type { Session } from './session.ts';
import { bornMs, instanceOf, isIn, jobQuery, type ListedTask, tasksIn } from './tasks.ts';

/** The prefix of executor ids. Source: the original's scheduler. */
const EXECUTOR_PREFIX = 'thermos-';

/**
 * The pause after a query, 1 to 10 s: twenty times as long as the query took, so that a client takes about a twentieth
 * of the scheduler's time.
 */
const pauseMs = (tookMs: number): number => Math.min(10_000, Math.max(1_000, tookMs * 20));

/**
 * Where the observers and agents of a cluster listen: `observer_url` and `agent_url` of its entry, which contain
 * `{host}`.
 */
export function clusterAddresses({ entry }: Pick<Cluster, 'entry'>): ServerAddresses {
  const text = (field: string, otherwise: string): string => {
    const value = entry?.[field];
    return typeof value === 'string' ? value : otherwise;
  };
  const observer = text('observer_url', DEFAULT_OBSERVER);
  const agent = text('agent_url', DEFAULT_AGENT);
  return {
    observer: ({ host }) => addressFrom(observer, host),
    agent: ({ host }) => addressFrom(agent, host),
  };
}

/** Where a task's sandbox is; undefined until the task has been assigned to a host. */
export function remoteTask({ assignedTask = {} }: ListedTask): RemoteTask | undefined {
  const { slaveHost, slaveId, taskId = '' } = assignedTask;
  if (!slaveHost) return undefined;
  return { taskId, host: slaveHost, agentId: slaveId, executorId: `${EXECUTOR_PREFIX}${taskId}` };
}

/** Converts a task of an answer to the form that views use. */
export function viewedTask(task: ListedTask): ViewedTask {
  const { assignedTask, status = 'INIT', taskEvents = [] } = task;
  const last = taskEvents.at(-1);
  const isEnded = !isIn(task, ACTIVE_STATES);
  const atMs = Number(last?.timestamp ?? 0);
  const began = taskEvents.find((event) => event.status === 'RUNNING' || event.status === 'STARTING');
  return {
    taskId: assignedTask?.taskId ?? '',
    instance: instanceOf(task),
    status,
    isEnded,
    atMs,
    bornMs: bornMs(task),
    ...(isEnded && began ? { ranMs: atMs - Number(began.timestamp ?? 0) } : {}),
    ...(last?.message ? { message: last.message } : {}),
    isService: assignedTask?.task?.isService ?? false,
    place: remoteTask(task),
  };
}

/** Follows logs directly from observers and agents; the scheduler is only asked which tasks there are. */
export async function followDirectly(
  session: Session,
  scheduler: SchedulerClient,
  job: ClusterJobKey,
  request: LogRequest,
  { listener, mostInstances }: { readonly listener: LogListener; readonly mostInstances: number },
): Promise<void> {
  const { clock, log, signal } = session;
  const addresses = clusterAddresses(clusterNamed(loadClusters(session), job.cluster));
  const reader = sandboxes({ addresses, clock });
  let tookMs = 0;
  try {
    await followLogs({
      request,
      sandboxes: reader,
      mostInstances,
      clock,
      random: systemRandom,
      signal,
      emit: async (event) => listener.event(event),
      feed: {
        async tasks() {
          const startMs = clock.monotonicMs();
          const query = jobQuery(job, request.instances);
          const response = await scheduler.query('getTasksWithoutConfigs', { query });
          tookMs = clock.monotonicMs() - startMs;
          return tasksIn(requireOk(response, log)).map(viewedTask);
        },
        change: (stop) => sleep(clock, pauseMs(tookMs), stop),
      },
    });
  } finally {
    reader.close();
  }
}
