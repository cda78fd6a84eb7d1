import type { Wire } from '../api/index.ts';
import { sleep } from '../base/clock.ts';
import { AuroraError, ERRORS } from '../base/errors.ts';
import { type ClusterJobKey, jobKeyText } from './job-key.ts';
import { requireOk } from './response.ts';
import { type SchedulerClient, schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import {
  isActive,
  summariesIn,
  type UpdateKey,
  type UpdateStatus,
  updateMeant,
  wireUpdateKey,
} from './updates.ts';

/** Which end of an update counts as a success: of a rollout or of a rollback. */
export type Direction = 'forward' | 'back';

/** Source: the original's update waiter. */
const POLL_MS = 5_000;
const QUIET_POLL_MS = 2_000;

/** The exit codes for the ends of an update, by what was wanted. Source: the original. */
const ENDS: Readonly<Record<Direction, Partial<Record<UpdateStatus, number>>>> = {
  forward: { ROLLED_FORWARD: 0, ROLLED_BACK: ERRORS.COMMAND_FAILED.exit },
  back: { ROLLED_BACK: 0, ROLLED_FORWARD: ERRORS.COMMAND_FAILED.exit },
};

/** The exit code for an end of an update. */
export const endCode = (status: UpdateStatus | undefined, wanted: Direction): number =>
  (status && ENDS[wanted][status]) ?? ERRORS.UNKNOWN.exit;

/**
 * Prints a line for every state of an update until it has ended, and returns the exit code. When the wait is
 * interrupted the update goes on, and the user is told how to stop it. Throws BAD_PARAMETER when there is no such
 * update, and API.
 */
export async function waitForUpdate(
  session: Session,
  scheduler: SchedulerClient,
  key: UpdateKey,
  wanted: Direction,
): Promise<number> {
  return leavingAlone(session, key, async () => {
    let shown: UpdateStatus | undefined;
    for (;;) {
      const status = await statusOf(session, scheduler, key);
      if (status !== shown) session.print(`Current state ${status}\n`);
      shown = status;
      if (!isActive(status)) {
        session.give?.({ job: jobKeyText(key.job), id: key.id, status });
        return endCode(status, wanted);
      }
      await sleep(session.clock, POLL_MS, session.signal);
    }
  });
}

/**
 * Waits for the end of an update, and logs its states and which instances wait for what. Returns the last state and the
 * update's instructions. Throws BAD_PARAMETER when there is no such update, and API.
 */
export async function waitQuietly(
  session: Session,
  scheduler: SchedulerClient,
  key: UpdateKey,
): Promise<{
  readonly status: UpdateStatus | undefined;
  readonly instructions: Wire<'JobUpdateInstructions'>;
}> {
  const { clock, log, signal } = session;
  let said = new Set<string>();
  return leavingAlone(session, key, async () => {
    for (;;) {
      const response = await scheduler.query('getJobUpdateDetails', {
        query: { key: wireUpdateKey(key) },
      });
      const [details] = requireOk(response, log).result?.getJobUpdateDetailsResult?.detailsList ?? [];
      if (!details) throw new AuroraError('BAD_PARAMETER', 'Job update not found.');
      const status = details.update?.summary?.state?.status;
      const lines = new Set([
        `Current state ${status}`,
        ...(details.slaWaits ?? []).map(
          ({ instanceId, waitsFor }) => `Instance ${instanceId} waits: ${waitsFor}`,
        ),
      ]);
      for (const line of lines) if (!said.has(line)) log.info({}, line);
      said = lines;
      if (!isActive(status)) return { status, instructions: details.update?.instructions ?? {} };
      await sleep(clock, QUIET_POLL_MS, signal);
    }
  });
}

async function statusOf(
  { log }: Session,
  scheduler: SchedulerClient,
  key: UpdateKey,
): Promise<UpdateStatus | undefined> {
  const response = await scheduler.query('getJobUpdateSummaries', {
    jobUpdateQuery: { key: wireUpdateKey(key) },
  });
  const [summary, ...others] = summariesIn(requireOk(response, log));
  if (!summary) throw new AuroraError('BAD_PARAMETER', 'Job update not found.');
  if (others.length > 0)
    throw new AuroraError('API', `Scheduler returned multiple updates: ${others.length + 1} for ${key.id}`);
  return summary.state?.status;
}

/** Waits for an update, by default the active one, and returns the exit code. */
export async function waitUpdate(
  session: Session,
  job: ClusterJobKey,
  id: string | undefined,
): Promise<number> {
  const scheduler = schedulerOf(session, job.cluster);
  const key = await updateMeant(session, scheduler, job, id);
  return waitForUpdate(session, scheduler, key, 'forward');
}

/** Waits; when the user interrupts, tells them that the update goes on. */
export async function leavingAlone<T>(
  { signal, complain }: Session,
  { job }: UpdateKey,
  wait: () => Promise<T>,
): Promise<T> {
  try {
    return await wait();
  } catch (error) {
    if (signal.aborted) {
      const key = jobKeyText(job);
      complain(
        `The update goes on. 'aurora update watch ${key}' looks at it, 'aurora update pause ${key}' holds it, 'aurora update abort ${key}' stops it.\n`,
      );
    }
    throw error;
  }
}
