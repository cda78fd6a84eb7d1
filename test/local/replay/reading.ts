/** What can be read off a recording before it is played. */
import type { ExecutorCall, SchedulerCall } from '../../../src/mesos/index.ts';
import type { Step } from '../../mesos/transcript.ts';

export type Json = { readonly [member: string]: unknown };

/** When in its interval the recorded master allocated, by the first offer that nothing else explains. */
export function phaseOf(steps: readonly Step[], intervalMs: number): number {
  let triggerT = -1;
  for (const step of steps) {
    const json = step.json as Json | undefined;
    if (step.dir === 'send' && ['SUBSCRIBE', 'REVIVE'].includes(String(json?.type))) triggerT = step.t;
    if (step.dir !== 'recv' || json?.type !== 'OFFERS') continue;
    if (step.t - triggerT > 0.03 && step.t < 20) return Math.round((step.t * 1000) % intervalMs);
  }
  return intervalMs / 2;
}

/** The uuid of an UPDATE. */
export const uuidOf = (event: Json): string | undefined =>
  ((event.update as Json | undefined)?.status as { uuid?: string } | undefined)?.uuid;

/** The task of an UPDATE. */
export const taskOf = (event: Json): string | undefined =>
  ((event.update as Json | undefined)?.status as { task_id?: { value?: string } } | undefined)?.task_id
    ?.value;

/** Epoch milliseconds at the recording's first step, by the first status an executor made. */
export function wallOf(steps: readonly Step[]): number {
  for (const { dir, json, t } of steps) {
    const stamp = (json as ExecutorCall | undefined)?.update?.status.timestamp;
    if (dir === 'send' && stamp !== undefined) return Math.round((stamp - t) * 1000);
  }
  return Date.UTC(2026, 10, 20);
}

/** The tasks that a step launches. */
export const launchedOf = (step: Step) =>
  ((step.json as SchedulerCall | undefined)?.accept?.operations ?? []).flatMap(
    ({ launch }) => launch?.task_infos ?? [],
  );

/** Which executor each task of the recording is launched on; command tasks are their own. */
export function executorsOfTasks(steps: readonly Step[]): ReadonlyMap<string, string> {
  const result = new Map<string, string>();
  for (const { task_id, executor } of steps.flatMap(launchedOf))
    result.set(task_id.value, executor?.executor_id.value ?? task_id.value);
  return result;
}

/**
 * Whether two records may come in either order: nothing orders different tasks, or an executor's end and what others do.
 * Source: golden/mesos facts 4, 49, 86.
 */
export function mayChange(a: Json, b: Json, executors: ReadonlyMap<string, string>): boolean {
  const loose = new Set(['HEARTBEAT', 'OFFERS', 'INVERSE_OFFERS', 'MESSAGE', 'ACKNOWLEDGED']);
  if (loose.has(String(a.type)) || loose.has(String(b.type))) return true;
  if (a.type === 'UPDATE' && b.type === 'UPDATE') return taskOf(a) !== taskOf(b);
  const executorOfEvent = (event: Json) =>
    (event.failure as { executor_id?: { value?: string } } | undefined)?.executor_id?.value ??
    executors.get(taskOf(event) ?? '');
  const [one, other] = [executorOfEvent(a), executorOfEvent(b)];
  return one !== undefined && other !== undefined && one !== other;
}
