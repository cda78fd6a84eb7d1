import { LIVE_STATES, type Wire } from '../api/index.ts';
import { hostModes } from './host-maintenance.ts';
import { requireOk } from './response.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { tasksIn } from './tasks.ts';

/** A host that is being drained, and the tasks still on it. */
export interface DrainView {
  readonly host: string;
  readonly mode: string;
  /** When its tasks are killed regardless of their policies, epoch milliseconds. */
  readonly deadlineMs: number | undefined;
  readonly tasks: readonly {
    /** `role/environment/name/instance`. */
    readonly instance: string;
    readonly status: string;
    /** Undefined when nothing holds the task back, or when the scheduler does not say. */
    readonly waitsFor: string | undefined;
  }[];
}

/** Looks at hosts, sorted by name; hosts that the scheduler does not know are left out. Throws API. */
export async function lookAtDrain(
  session: Session,
  cluster: string,
  hosts: readonly string[],
): Promise<readonly DrainView[]> {
  const scheduler = schedulerOf(session, cluster);
  const answer = await scheduler.queryIfKnown('getDrainStatus', { hosts: { hostNames: [...hosts] } });
  if (!answer) return lookAtOriginal(session, scheduler, cluster, hosts);
  const header = 'The hosts cannot be looked at:';
  const found = requireOk(answer, session.log, { header }).result?.drainStatusResult?.hosts ?? [];
  return sorted(
    found.map(({ host = '', mode = 'NONE', deadlineMs, tasks = [] }) => ({
      host,
      mode,
      deadlineMs: deadlineMs === undefined ? undefined : Number(deadlineMs),
      tasks: tasks.map(({ job = {}, instanceId = 0, status = 'RUNNING', waitsFor }) => ({
        instance: instanceText(job, instanceId),
        status,
        waitsFor,
      })),
    })),
  );
}

/** The same for the original's scheduler, which does not say what tasks wait for. */
async function lookAtOriginal(
  session: Session,
  scheduler: SchedulerClient,
  cluster: string,
  hosts: readonly string[],
): Promise<readonly DrainView[]> {
  const modes = await hostModes(session, cluster, hosts);
  const response = await scheduler.query('getTasksWithoutConfigs', {
    query: { slaveHosts: [...hosts], statuses: [...LIVE_STATES, 'ASSIGNED', 'STARTING'] },
  });
  const tasks = tasksIn(requireOk(response, session.log));
  return sorted(
    modes.map(({ host, mode }) => ({
      host,
      mode,
      deadlineMs: undefined,
      tasks: tasks
        .filter(({ assignedTask }) => assignedTask?.slaveHost === host)
        .map(({ assignedTask, status = 'RUNNING' }) => ({
          instance: instanceText(assignedTask?.task?.job ?? {}, assignedTask?.instanceId ?? 0),
          status,
          waitsFor: undefined,
        })),
    })),
  );
}

const instanceText = ({ role, environment, name }: Wire<'JobKey'>, instanceId: number): string =>
  `${role}/${environment}/${name}/${instanceId}`;

const sorted = (views: readonly DrainView[]): readonly DrainView[] =>
  [...views].sort((a, b) => (a.host < b.host ? -1 : 1));
