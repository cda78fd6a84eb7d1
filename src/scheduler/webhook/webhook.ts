import { encodePlain, type ScheduledTask, type ScheduleStatus } from '../../api/index.ts';
import { nextBackoff } from '../../base/backoff.ts';
import { sleep } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { post } from '../outgoing/post.ts';
import { turnsByKey } from '../outgoing/turns-by-key.ts';
import type { Part, World } from '../parts/part.ts';
import type { StateEvent } from '../state/index.ts';
import type { WebhookConfig } from './webhook-config.ts';

/** The maximum number of deliveries at the same time. */
const MOST_AT_ONCE = 32;
const RETRY = { initialMs: 1_000, maxMs: 30_000 };

export type WebhookSettings = Pick<World, 'clock' | 'random' | 'counters' | 'events' | 'log'> & {
  readonly config: WebhookConfig;
};

/** The body: the task and its previous status. Source: the original's, without the internals that its JSON shows. */
const bodyOf = (task: ScheduledTask, oldState: ScheduleStatus | undefined, deleted: boolean): string =>
  `{"task":${encodePlain('ScheduledTask', task)},"oldState":${JSON.stringify(oldState === undefined ? {} : { value: oldState })}${deleted ? ',"deleted":true' : ''}}`;

/** Reports changes of tasks to a server. Nothing waits for the deliveries; failed ones are counted and dropped. */
export function webhook({ config, clock, counters, events, log, random }: WebhookSettings): Part {
  const turns = turnsByKey(MOST_AT_ONCE);
  const ending = new AbortController();
  let waiting = 0;
  let number = 0;
  let unsubscribe: () => void = () => {};

  /** Makes one delivery; resolves to whether it succeeded. */
  const attempt = async (body: string, stampMs: number): Promise<boolean> => {
    counters.add('webhooks_attempts');
    try {
      const headers = { ...config.headers, Timestamp: String(stampMs) };
      const { targetUrl: url, timeoutMs } = config;
      const { status } = await post({ url, body, headers, timeoutMs, signal: ending.signal });
      counters.add(status === 200 ? 'webhooks_success' : 'webhooks_user_errors');
      return status === 200;
    } catch (error) {
      counters.add('webhooks_errors');
      log.debug({ url: config.targetUrl.href, error: messageOf(error) }, 'a webhook was not delivered');
      return false;
    }
  };
  const deliver = async (body: string, stampMs: number) => {
    let waitMs = 0;
    for (let left = config.retries; !(await attempt(body, stampMs)) && left > 0; left--) {
      waitMs = nextBackoff(RETRY, waitMs, random);
      await sleep(clock, waitMs, ending.signal);
    }
  };
  const tell = (task: ScheduledTask, oldState: ScheduleStatus | undefined, deleted: boolean) => {
    if (waiting >= config.maxQueue) return counters.add('webhooks_dropped');
    waiting++;
    const stampMs = clock.nowMs();
    const key = config.ordered ? task.assignedTask.taskId : String(number++);
    // The body is made only now, so that waiting deliveries hold just the task, which the stores share.
    turns
      .take(key, () => deliver(bodyOf(task, oldState, deleted), stampMs), undefined)
      .catch(() => undefined)
      .finally(() => waiting--);
  };
  const onEvent = (event: StateEvent) => {
    if (event.kind === 'taskStateChanged') {
      if (config.statuses?.has(event.task.status) ?? true) tell(event.task, event.oldState, false);
    } else if (event.kind === 'tasksDeleted' && config.deletions)
      for (const task of event.tasks) tell(task, task.status, true);
  };
  for (const name of ['attempts', 'success', 'errors', 'user_errors', 'dropped'])
    counters.add(`webhooks_${name}`, 0);
  return {
    start() {
      unsubscribe = events.subscribe(onEvent);
    },
    close() {
      unsubscribe();
      turns.close();
      ending.abort(new Error('the scheduler stops'));
    },
  };
}
