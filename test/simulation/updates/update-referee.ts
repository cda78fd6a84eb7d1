import {
  ACTIVE_JOB_UPDATE_STATES,
  ACTIVE_STATES,
  type JobUpdateAction,
  type JobUpdateStatus,
  TERMINAL_STATES,
  toNumber,
  type Wire,
} from '../../../src/api/index.ts';
import type { AskedUpdate, UpdateOwner } from './update-owner.ts';

type Details = Wire<'JobUpdateDetails'>;
type Task = Wire<'ScheduledTask'>;

/** Holds the updates that the scheduler tells of against what was asked, and against what it told before. */
export interface UpdateReferee {
  /** @param exact the clock was never set: times of different histories compare. */
  seen(updates: readonly Details[], tasks: readonly Task[], exact: boolean): void;
  /** Nothing has gone wrong for long, and somebody helped every update on. */
  settled(updates: readonly Details[], tasks: readonly Task[], exact: boolean): void;
  /** Every status that an update was in. */
  met(): ReadonlySet<JobUpdateStatus>;
}

const STARTS: readonly JobUpdateAction[] = ['INSTANCE_UPDATING', 'INSTANCE_ROLLING_BACK'];
const FORWARD: readonly JobUpdateAction[] = [
  'INSTANCE_UPDATING',
  'INSTANCE_UPDATED',
  'INSTANCE_UPDATE_FAILED',
];

const idOf = ({ update }: Details): string => update?.summary?.key?.id ?? '';
const jobOf = ({ update }: Details): string => update?.summary?.key?.job?.name ?? '';
const statusOf = ({ updateEvents }: Details): JobUpdateStatus | undefined => updateEvents?.at(-1)?.status;
const isOver = (details: Details): boolean => {
  const status = statusOf(details);
  return status !== undefined && !ACTIVE_JOB_UPDATE_STATES.has(status);
};
const createdMs = ({ updateEvents }: Details): number => toNumber(updateEvents?.[0]?.timestampMs ?? 0);
const has = (states: readonly Wire<'InstanceTaskConfig'>[], id: number): string | undefined =>
  states.find(({ instances }) => instances?.some(({ first = 0, last = 0 }) => id >= first && id <= last))
    ?.task?.contactEmail;
const initialOf = ({ update }: Details) => update?.instructions?.initialState ?? [];
const desiredOf = ({ update }: Details) => {
  const desired = update?.instructions?.desiredState;
  return desired ? [desired] : [];
};
const idsOf = (details: Details): number[] =>
  [...initialOf(details), ...desiredOf(details)].flatMap(({ instances = [] }) =>
    instances.flatMap(({ first = 0, last = 0 }) =>
      Array.from({ length: last - first + 1 }, (_, at) => first + at),
    ),
  );

/** Most instances that may be under way together. */
function mostInFlight({ updateStrategy }: AskedUpdate['settings']): number {
  const { queueStrategy, batchStrategy, varBatchStrategy } = updateStrategy ?? {};
  return (
    queueStrategy?.groupSize ?? batchStrategy?.groupSize ?? Math.max(...(varBatchStrategy?.groupSizes ?? []))
  );
}

export interface UpdateRefereeOptions {
  owners(): readonly UpdateOwner[];
  violated(what: string): void;
}

export function updateReferee({ owners, violated }: UpdateRefereeOptions): UpdateReferee {
  const before = new Map<string, Details>();
  const met = new Set<JobUpdateStatus>();
  const askedFor = (id: string) =>
    owners()
      .map(({ started }) => started.get(id))
      .find((asked) => asked !== undefined);

  const isPrefix = (old: readonly unknown[] = [], now: readonly unknown[] = []) =>
    old.every((event, at) => JSON.stringify(event) === JSON.stringify(now[at]));
  /** What was told once stays as it was told, and grows only while the update is active. */
  const checkHistory = (id: string, now: Details) => {
    const old = before.get(id);
    if (!old) return;
    if (!isPrefix(old.updateEvents, now.updateEvents) || !isPrefix(old.instanceEvents, now.instanceEvents))
      violated(`update ${id}: an event that was told is gone or another one`);
    const wasOver = !ACTIVE_JOB_UPDATE_STATES.has(statusOf(old) ?? 'ERROR');
    const grew = (now.instanceEvents?.length ?? 0) > (old.instanceEvents?.length ?? 0);
    if (wasOver && grew) violated(`update ${id} acts though it is ${statusOf(old)}`);
  };
  const checkEvents = (id: string, details: Details, asked: AskedUpdate | undefined) => {
    const seen = new Set<string>();
    const flying = new Set<string>();
    for (const { instanceId, action } of details.instanceEvents ?? []) {
      if (action === undefined) continue;
      const way = FORWARD.includes(action) ? 'forward' : 'back';
      const what = `${instanceId} ${action}`;
      if (seen.has(what)) violated(`update ${id}: ${what} is there twice`);
      seen.add(what);
      const flight = `${instanceId} ${way}`;
      if (STARTS.includes(action)) flying.add(flight);
      else if (!flying.delete(flight)) violated(`update ${id}: ${what} without a beginning`);
      const inFlight = [...flying].filter((one) => one.endsWith(way)).length;
      if (asked && inFlight > mostInFlight(asked.settings))
        violated(`update ${id}: ${inFlight} instances in flight of ${mostInFlight(asked.settings)} allowed`);
    }
    const failed = (details.instanceEvents ?? []).filter(
      ({ action }) => action === 'INSTANCE_UPDATE_FAILED',
    ).length;
    const statuses = (details.updateEvents ?? []).map(({ status }) => status);
    for (const status of statuses) if (status) met.add(status);
    if (!asked) return;
    const { maxFailedInstances = 0 } = asked.settings;
    const turned = statuses.includes('ROLLING_BACK') || statuses.includes('FAILED');
    if (failed > maxFailedInstances + 1)
      violated(`update ${id}: ${failed} instances failed, ${maxFailedInstances} may`);
    if (failed > maxFailedInstances && !turned && statuses.at(-1) !== 'ABORTED')
      violated(`update ${id} goes on though ${failed} instances failed of ${maxFailedInstances} that may`);
    const byItself = details.updateEvents?.find(
      ({ status }) => status === 'ROLLING_BACK' || status === 'FAILED',
    );
    if (byItself && byItself.user === undefined && statuses[0] && failed <= maxFailedInstances)
      if (byItself.status === 'ROLLING_BACK')
        violated(
          `update ${id} turned back after ${failed} failed instances of ${maxFailedInstances} that may`,
        );
  };
  /** Counts the tries that failed while the update was rolling forward, for each instance that is done. */
  const checkTries = (id: string, details: Details, tasks: readonly Task[], asked: AskedUpdate) => {
    const rolling: { from: number; to: number }[] = [];
    for (const { status, timestampMs } of details.updateEvents ?? []) {
      const atMs = toNumber(timestampMs ?? 0);
      const last = rolling.at(-1);
      if (status === 'ROLLING_FORWARD') rolling.push({ from: atMs, to: Number.POSITIVE_INFINITY });
      else if (last && last.to === Number.POSITIVE_INFINITY) last.to = atMs;
    }
    const { maxPerInstanceFailures: most = 0 } = asked.settings;
    const events = details.instanceEvents ?? [];
    for (const { instanceId, action, timestampMs } of events) {
      if (action !== 'INSTANCE_UPDATED' && action !== 'INSTANCE_UPDATE_FAILED') continue;
      const start = events.find((one) => one.instanceId === instanceId && one.action === 'INSTANCE_UPDATING');
      const fromMs = toNumber(start?.timestampMs ?? 0);
      const toMs = toNumber(timestampMs ?? 0);
      const ends = tasks.flatMap(({ status, assignedTask, taskEvents = [] }) => {
        const mine =
          assignedTask?.instanceId === instanceId && assignedTask?.task?.contactEmail === asked.version;
        const isKilled = taskEvents.some((event) => event.status === 'KILLING');
        if (!mine || isKilled || !status || !TERMINAL_STATES.has(status)) return [];
        return [toNumber(taskEvents.at(-1)?.timestamp ?? 0)];
      });
      const during = (atMs: number, slackMs: number) =>
        atMs > fromMs - slackMs &&
        atMs < toMs + slackMs &&
        rolling.some(({ from, to }) => atMs > from - slackMs && atMs < to + slackMs);
      const surely = ends.filter((atMs) => during(atMs, 0)).length;
      const perhaps = ends.filter((atMs) => during(atMs, 1)).length;
      if (action === 'INSTANCE_UPDATED' && surely > most)
        violated(
          `update ${id}: instance ${instanceId} is updated after ${surely} failures of ${most} allowed`,
        );
      if (action === 'INSTANCE_UPDATE_FAILED' && perhaps <= most)
        violated(
          `update ${id}: instance ${instanceId} has failed after ${perhaps} failures of ${most} allowed`,
        );
    }
  };
  /** A task that an update killed was killed while that was active. */
  const checkKills = (id: string, details: Details, tasks: readonly Task[]) => {
    const status = statusOf(details);
    if (status === undefined || ACTIVE_JOB_UPDATE_STATES.has(status)) return;
    const overMs = toNumber(details.updateEvents?.at(-1)?.timestampMs ?? 0);
    for (const { taskEvents = [], assignedTask } of tasks)
      for (const { message, timestamp } of taskEvents)
        if (message === `Killed for job update ${id}` && toNumber(timestamp ?? 0) > overMs)
          violated(`update ${id} killed ${assignedTask?.taskId} after it was ${status}`);
  };
  /** Tasks of the job with a version that neither an update nor what was there before it brought. */
  const checkVersions = (updates: readonly Details[], tasks: readonly Task[]) => {
    for (const { job } of owners()) {
      const mine = updates.filter((details) => jobOf(details) === job.key.name);
      const told = new Set(
        mine.flatMap((details) =>
          [...initialOf(details), ...desiredOf(details)].map(({ task }) => task?.contactEmail),
        ),
      );
      for (const { assignedTask } of tasks) {
        if (assignedTask?.task?.job?.name !== job.key.name) continue;
        const version = assignedTask.task.contactEmail;
        if (!told.has(version))
          violated(`${assignedTask.taskId} has version ${version}, which no update brought`);
      }
      for (const details of mine) {
        const wanted = desiredOf(details)[0]?.task?.contactEmail;
        const own = askedFor(idOf(details));
        if (own && wanted !== undefined && wanted !== own.version)
          violated(
            `update ${idOf(details)} brings ${wanted}, ${own.version} was asked for: a third configuration`,
          );
      }
    }
  };

  const judge = (updates: readonly Details[], tasks: readonly Task[], exact: boolean) => {
    const active = new Set<string>();
    for (const details of updates) {
      const id = idOf(details);
      const status = statusOf(details);
      if (status && ACTIVE_JOB_UPDATE_STATES.has(status)) {
        if (active.has(jobOf(details))) violated(`${jobOf(details)} has two active updates`);
        active.add(jobOf(details));
      }
      const asked = askedFor(id);
      checkHistory(id, details);
      checkEvents(id, details, asked);
      if (exact) checkKills(id, details, tasks);
      if (exact && asked) checkTries(id, details, tasks, asked);
      before.set(id, details);
    }
    checkVersions(updates, tasks);
  };

  return {
    met: () => met,
    seen: judge,
    settled(updates, tasks, exact) {
      const byId = new Map(updates.map((details) => [idOf(details), details]));
      for (const { job, started, aborted } of owners()) {
        // Updates that are over are forgotten with the last task of their job; an active one has to end and stay.
        const isForgotten = (id: string) =>
          !byId.has(id) &&
          !tasks.some(({ assignedTask }) => assignedTask?.task?.job?.name === job.key.name) &&
          (aborted.has(id) || isOver(before.get(id) ?? {}));
        for (const id of started.keys())
          if (!byId.has(id) && !isForgotten(id)) violated(`update ${id} was acknowledged and is not there`);
        for (const id of aborted) {
          if (isForgotten(id)) continue;
          const status = statusOf(byId.get(id) ?? {});
          if (status !== 'ABORTED') violated(`update ${id} was aborted, and is ${status}`);
        }
        const mine = updates.filter((details) => jobOf(details) === job.key.name);
        for (const details of mine) {
          const status = statusOf(details);
          if (status === undefined || ACTIVE_JOB_UPDATE_STATES.has(status))
            violated(`update ${idOf(details)} of ${job.key.name} does not end, it is ${status}`);
        }
        const last = mine.sort((a, b) => createdMs(a) - createdMs(b)).at(-1);
        // Which one is the last is told by its time.
        if (last && exact) checkEnd(last, tasks);
      }
    },
  };

  /** The job is as the status of its last update says. */
  function checkEnd(details: Details, tasks: readonly Task[]) {
    const status = statusOf(details);
    if (status !== 'ROLLED_FORWARD' && status !== 'ROLLED_BACK') return;
    const [states, fault]: [readonly Wire<'InstanceTaskConfig'>[], JobUpdateAction] =
      status === 'ROLLED_FORWARD'
        ? [desiredOf(details), 'INSTANCE_UPDATE_FAILED']
        : [initialOf(details), 'INSTANCE_ROLLBACK_FAILED'];
    const failed = new Set(
      details.instanceEvents?.filter(({ action }) => action === fault).map(({ instanceId }) => instanceId),
    );
    for (const id of new Set(idsOf(details))) {
      if (failed.has(id)) continue;
      const task = tasks.find(
        (one) =>
          one.assignedTask?.task?.job?.name === jobOf(details) &&
          one.assignedTask.instanceId === id &&
          ACTIVE_STATES.has(one.status ?? 'INIT'),
      );
      const found = task?.assignedTask?.task?.contactEmail;
      if (found !== has(states, id))
        violated(
          `update ${idOf(details)} is ${status}, and instance ${id} has ${found}, not ${has(states, id)}`,
        );
    }
  }
}
