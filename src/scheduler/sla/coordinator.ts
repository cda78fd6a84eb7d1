import { type ScheduledTask, simpleJson } from '../../api/index.ts';
import { messageOf } from '../../base/errors.ts';
import type { Counters } from '../metrics/counters.ts';
import { post } from '../outgoing/post.ts';
import { jobKeyText } from '../storage/keys.ts';

export interface CoordinatorSettings {
  readonly clusterName: string;
  /** Timeout of one call, in milliseconds. */
  readonly timeoutMs: number;
  readonly counters: Pick<Counters, 'add'>;
}

/** A question to a coordinator. */
export interface CoordinatorQuestion {
  readonly url: string;
  /** Name of the field in the answer that has to be true. */
  readonly statusKey: string;
  readonly task: ScheduledTask;
  /** Additional fields for the request's body. */
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Asks a coordinator. Resolves to undefined when it says yes, otherwise to the reason why the task may not be taken
 * down now. Never rejects.
 */
export type AskCoordinator = (question: CoordinatorQuestion) => Promise<string | undefined>;

/** The name under which coordinators know a task: `cluster/role/environment/name/instance`. */
export const coordinatedKey = (clusterName: string, { assignedTask }: ScheduledTask): string =>
  `${clusterName}/${jobKeyText(assignedTask.task.job)}/${assignedTask.instanceId}`;

/**
 * Whether the answer says yes.
 * @throws Error that says what is wrong with the answer.
 */
function approves(text: string, statusKey: string): boolean {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new Error('its answer is no JSON');
  }
  const value = (answer as Readonly<Record<string, unknown>> | null)?.[statusKey];
  if (typeof value !== 'boolean') throw new Error(`its answer has no "${statusKey}" that is true or false`);
  return value;
}

/** Asks the coordinators of SLA policies. Source of requests, answers and counters: the original's SlaManager. */
export function coordinators({ clusterName, counters, timeoutMs }: CoordinatorSettings): AskCoordinator {
  return async ({ url, statusKey, task, params }) => {
    const taskKey = coordinatedKey(clusterName, task);
    const count = (name: string) => {
      counters.add(name);
      counters.add(`${name}_${taskKey}`);
    };
    counters.add('sla_coordinator_attempts');
    try {
      const target = new URL(url);
      if (target.protocol !== 'http:' && target.protocol !== 'https:')
        throw new Error('it is no http or https URL');
      target.searchParams.append('task', taskKey);
      const body = JSON.stringify({
        taskConfig: simpleJson('ScheduledTask', task),
        task: taskKey,
        ...params,
      });
      const { status, text } = await post({ url: target, body, timeoutMs });
      if (status !== 200) {
        count('sla_coordinator_user_errors');
        return `the SLA coordinator ${url} answered ${status}`;
      }
      counters.add('sla_coordinator_success');
      return approves(text, statusKey) ? undefined : `the SLA coordinator ${url} says no`;
    } catch (error) {
      count('sla_coordinator_errors');
      return `the SLA coordinator ${url} cannot be asked: ${messageOf(error)}`;
    }
  };
}
