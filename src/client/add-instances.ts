import { activeTasks, hasSizedSla, requireActive } from './active-tasks.ts';
import { hooked } from './hooks/call-hooks.ts';
import { type ClusterInstanceKey, jobKeyText, wireJobKey } from './job-key.ts';
import { requireOk } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { showJobPage } from './show-page.ts';
import { instancesOf } from './tasks.ts';
import { WAIT_STATES, waitForTasks } from './wait.ts';
import { withProgress } from './wait-progress.ts';

export interface AddInstances {
  /** At least 1. */
  readonly count: number;
  readonly waitUntil: 'PENDING' | keyof typeof WAIT_STATES;
  readonly openBrowser: boolean;
}

/**
 * Adds instances that are copies of an active one, numbered upwards from the highest existing one. Throws BAD_PARAMETER
 * when that instance is not active, and API when the scheduler refuses.
 */
export async function addInstances(
  session: Session,
  { job, instances = [] }: ClusterInstanceKey,
  { count, waitUntil, openBrowser }: AddInstances,
): Promise<void> {
  const { log } = session;
  const [instance = 0] = instances;
  const scheduler = schedulerOf(session, job.cluster);
  // Two queries, like the original; the second is about the policy.
  await requireActive(session, scheduler, job, [instance]);
  const active = await activeTasks(session, scheduler, job);
  if (active.some(hasSizedSla)) session.print('WARNING: Adding instances without updating SlaPolicy.\n');
  const first = Math.max(...instancesOf(active), -1) + 1;
  log.info(
    {},
    `Adding ${count} instances to ${jobKeyText(job)} using the task config of instance ${instance}`,
  );
  const key = { jobKey: wireJobKey(job), instanceId: instance };
  const call = { method: 'add_instances', job, about: { instance, count } } as const;
  requireOk(await hooked(session, call, () => scheduler.once('addInstances', { key, count })), log);
  if (waitUntil !== 'PENDING') {
    const added = Array.from({ length: count }, (_, at) => first + at);
    const wait = { instances: added, states: WAIT_STATES[waitUntil] };
    const goesOn = () =>
      `The instances were added and go on. 'aurora job status ${jobKeyText(job)}' looks at them.`;
    await withProgress(session, scheduler, { job, goal: waitUntil, total: count, goesOn }, (own, progress) =>
      waitForTasks(own, scheduler, job, { ...wait, progress }),
    );
  }
  session.give?.({
    job: jobKeyText(job),
    added: Array.from({ length: count }, (_, at) => first + at),
    waitedFor: waitUntil,
  });
  if (openBrowser) await showJobPage(session, scheduler, job);
}
