import { randomUUID } from 'node:crypto';
import type { Wire } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { type ClusterInstanceKey, jobKeyText, wireJobKey } from './job-key.ts';
import { numbersOf } from './ranges.ts';
import { requireOk } from './response.ts';
import type { RestartOptions } from './restart-options.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { isOwn, UPDATE_ID } from './start-update.ts';
import { activeQuery, instancesText, tasksIn } from './tasks.ts';
import type { UpdateKey } from './updates.ts';
import { waitQuietly } from './wait-update.ts';

const settingsOf = ({
  batchSize,
  maxPerInstanceFailures,
  maxTotalFailures,
  slaAware,
  startTimeoutMs,
  watchMs,
}: RestartOptions): Wire<'JobUpdateSettings'> => ({
  updateGroupSize: batchSize,
  maxPerInstanceFailures: Math.max(0, maxPerInstanceFailures),
  maxFailedInstances: maxTotalFailures,
  minWaitInInstanceRunningMs: watchMs,
  rollbackOnFailure: false,
  waitForBatchCompletion: true,
  updateStrategy: { batchStrategy: { groupSize: batchSize, autopauseAfterBatch: false } },
  ...(slaAware ? { slaAware } : {}),
  ...(startTimeoutMs === undefined ? {} : { instanceStartTimeoutMs: startTimeoutMs }),
});

/**
 * Has the scheduler restart instances, waits for the end, and returns which ones were restarted. When the wait is
 * interrupted the restart goes on. Returns undefined when the scheduler cannot do it, because it is the original or the
 * job is not a service; with `slaAware` that is a COMMAND_FAILED. Throws API when the scheduler refuses, and
 * COMMAND_FAILED when the restart fails.
 */
export async function restartOnScheduler(
  session: Session,
  scheduler: SchedulerClient,
  { job, instances }: ClusterInstanceKey,
  options: RestartOptions,
): Promise<readonly number[] | undefined> {
  const { log } = session;
  const header = `Error restarting job ${jobKeyText(job)}:`;
  const refuse = () => {
    if (options.slaAware)
      throw new AuroraError(
        'COMMAND_FAILED',
        `${jobKeyText(job)} cannot be restarted by its SLA policy here`,
        {
          next: 'only services can, and only by a scheduler that knows startJobRestart',
        },
      );
    return undefined;
  };
  if (!options.onScheduler) return refuse();
  const id = randomUUID();
  const response = await scheduler.queryIfKnown('startJobRestart', {
    request: {
      job: wireJobKey(job),
      instances: [...(instances ?? [])],
      settings: settingsOf(options),
      metadata: [{ key: UPDATE_ID, value: id }],
    },
  });
  if (!response) return refuse();
  if (response.responseCode !== 'OK' && !isOwn(response, id)) {
    // The scheduler only restarts services. Other jobs, and jobs without active tasks, are left to the original's way.
    const active = requireOk(
      await scheduler.query('getTasksWithoutConfigs', { query: activeQuery(job) }),
      log,
      { header },
    );
    if (!tasksIn(active).some(({ assignedTask }) => assignedTask?.task?.isService)) return refuse();
    requireOk(response, log, { header });
  }
  const key: UpdateKey = { job, id: response.result?.startJobUpdateResult?.key?.id ?? '' };
  const meant = instances ? instancesText(instances) : 'all';
  log.info({}, `The scheduler restarts job ${jobKeyText(job)} (instances: ${meant}), as update ${key.id}`);
  const screen = session.progressTerminal?.();
  if (screen) {
    const { watchUpdate } = await import('./watch-update.ts');
    const shown = { ...session, terminal: () => screen, print: () => {} };
    await watchUpdate(shown, job, {
      id: key.id,
      wanted: 'forward',
      form: 'auto',
      stopAtPause: false,
      last: false,
    });
  }
  const { status, instructions } = await waitQuietly(session, scheduler, key);
  if (status === 'ROLLED_FORWARD') return restartedBy(instructions);
  throw new AuroraError('COMMAND_FAILED', `Restart of ${jobKeyText(job)} ended as ${status}`, {
    next: `see 'aurora update info ${jobKeyText(job)} ${key.id}'`,
  });
}

const restartedBy = ({ initialState = [] }: Wire<'JobUpdateInstructions'>): readonly number[] =>
  numbersOf(initialState.flatMap(({ instances = [] }) => instances));
