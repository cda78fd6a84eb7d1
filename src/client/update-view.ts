import type { Wire } from '../api/index.ts';
import type { LastLines } from './last-lines.ts';
import { joinedRanges, numbersOf } from './ranges.ts';
import { endedMs, endedText } from './task-times.ts';
import { bornMs, instanceOf, type ListedTask, newestTasks } from './tasks.ts';
import type { UpdateDetails } from './update-info.ts';
import { batchesOf } from './update-plan.ts';
import type { UpdateStatus } from './updates.ts';

/** The phase that an instance is in. */
export type Phase = 'waiting' | 'ending' | 'pending' | 'starting' | 'watching' | 'done' | 'back' | 'failed';

/** The state of an instance of an update, as seen from outside. */
export interface InstanceView {
  readonly instance: number;
  readonly phase: Phase;
  /** How long it has been in this phase, in milliseconds. */
  readonly forMs: number;
  /** Why it is pending. */
  readonly reason?: string | undefined;
  /** The last failure of an instance that is being retried. */
  readonly lastFailure?: string | undefined;
  readonly lastFailedTask?: string | undefined;
  readonly output?: LastLines | undefined;
}

/** The state of an update at one moment. */
export interface UpdateView {
  readonly id: string;
  readonly user: string;
  /** The message of the user who started it. */
  readonly message: string;
  readonly status: UpdateStatus;
  /** Who brought it to this status, and why, if known. */
  readonly cause: { readonly user?: string | undefined; readonly message?: string | undefined };
  readonly elapsedMs: number;
  /** Ascending. */
  readonly instances: readonly InstanceView[];
  /** The instances of each batch, in order. */
  readonly batches: readonly (readonly number[])[];
  readonly settings: Wire<'JobUpdateSettings'>;
  /** How many of all instances have the new configuration by now. */
  readonly updated: number;
  /**
   * The first failure of each instance, in the order in which they happened, including instances that were rolled back
   * since.
   */
  readonly failures: readonly UpdateFailure[];
}

/** An instance that failed. */
interface UpdateFailure {
  readonly instance: number;
  readonly action: 'INSTANCE_UPDATE_FAILED' | 'INSTANCE_ROLLBACK_FAILED';
  /** How its task ended, or else the scheduler's message. */
  readonly reason: string;
  /** The task that failed. */
  readonly taskId?: string | undefined;
  /** The last output of that task, if it was read. */
  readonly output?: LastLines | undefined;
}

/** Known facts beside the update and its tasks. */
export interface Known {
  /** Why instances are pending, by instance. */
  readonly reasons: ReadonlyMap<number, string>;
  /** The last output of tasks, by their ids. */
  readonly outputs: ReadonlyMap<string, LastLines>;
}

const ENDED = new Set<UpdateStatus>(['ROLLED_FORWARD', 'ROLLED_BACK', 'ABORTED', 'ERROR', 'FAILED']);

/** Combines what the scheduler knows of an update and of the tasks of its instances. */
export function updateView(
  { update, updateEvents = [], instanceEvents = [] }: UpdateDetails,
  tasks: readonly ListedTask[],
  { reasons, outputs }: Known,
  nowMs: number,
): UpdateView {
  const { initialState = [], desiredState, restart, settings = {} } = update?.instructions ?? {};
  const {
    status = 'ERROR',
    createdTimestampMs = 0,
    lastModifiedTimestampMs = 0,
  } = update?.summary?.state ?? {};
  const initial = joinedRanges(initialState.flatMap(({ instances }) => instances ?? []));
  // A restart removes no instances: its desired state only lists the ones to restart.
  const wanted = restart ? initial : joinedRanges(desiredState?.instances ?? []);
  const all = numbersOf([...wanted, ...initial]);
  const last = new Map(instanceEvents.map((event) => [event.instanceId ?? 0, event]));
  const newest = new Map(newestTasks(tasks).map((task) => [instanceOf(task), task]));
  const byInstance = new Map<number, ListedTask[]>();
  for (const task of tasks) {
    const own = byInstance.get(instanceOf(task));
    if (own) own.push(task);
    else byInstance.set(instanceOf(task), [task]);
  }
  for (const own of byInstance.values()) own.sort((a, b) => bornMs(a) - bornMs(b));
  const endMs = ENDED.has(status) ? Number(lastModifiedTimestampMs) : nowMs;
  const instances = all.map((instance) =>
    instanceView(instance, last.get(instance), newest.get(instance), {
      tasks: byInstance.get(instance) ?? [],
      nowMs,
      reason: reasons.get(instance),
      outputs,
      minMs: settings.minWaitInInstanceRunningMs ?? 0,
      retries: settings.maxPerInstanceFailures ?? 0,
    }),
  );
  const lastEvent = updateEvents.at(-1);
  return {
    id: update?.summary?.key?.id ?? '',
    user: update?.summary?.user ?? '',
    message: updateEvents[0]?.message ?? '',
    status,
    cause: { user: lastEvent?.user, message: lastEvent?.message },
    elapsedMs: Math.max(0, endMs - Number(createdTimestampMs)),
    instances,
    batches: batchesOf(groups(wanted, initial), settings).map(({ create = [], replace = [], remove = [] }) =>
      numbersOf([...create, ...replace, ...remove]),
    ),
    settings,
    updated: instances.filter(({ phase }) => phase === 'done').length,
    failures: failuresIn(instanceEvents, byInstance, outputs),
  };
}

/** Tolerance for the difference between the clocks of the executor and the scheduler. */
const CLOCKS_DIFFER_MS = 5_000;

function failuresIn(
  events: readonly Wire<'JobInstanceUpdateEvent'>[],
  tasks: ReadonlyMap<number, readonly ListedTask[]>,
  outputs: Known['outputs'],
): readonly UpdateFailure[] {
  const failures = new Map<number, UpdateFailure>();
  for (const { action, instanceId = 0, timestampMs = 0, message } of events) {
    if (action !== 'INSTANCE_UPDATE_FAILED' && action !== 'INSTANCE_ROLLBACK_FAILED') continue;
    if (failures.has(instanceId)) continue;
    const ended = (tasks.get(instanceId) ?? [])
      .filter((task) => endedMs(task) <= Number(timestampMs) + CLOCKS_DIFFER_MS)
      .flatMap(failureOf);
    const { reason = message ?? 'failed', taskId } = ended.at(-1) ?? {};
    failures.set(instanceId, {
      instance: instanceId,
      action,
      reason,
      taskId,
      output: outputs.get(taskId ?? ''),
    });
  }
  return [...failures.values()];
}

/** How the task ended, if it failed; else empty. */
function failureOf(task: ListedTask): readonly { readonly reason: string; readonly taskId: string }[] {
  const reason = endedText(task);
  return reason === undefined ? [] : [{ reason, taskId: task.assignedTask?.taskId ?? '' }];
}

/** The instructions as a diff: wanted instances are created or replaced, all others are removed. */
const groups = (wanted: readonly Wire<'Range'>[], initial: readonly Wire<'Range'>[]) => {
  const kept = new Set(numbersOf(wanted));
  const removed = numbersOf(initial).filter((instance) => !kept.has(instance));
  return {
    update: [{ instances: wanted }],
    remove: [{ instances: removed.map((instance) => ({ first: instance, last: instance })) }],
  };
};

interface Around {
  /** The tasks of the instance, oldest first. */
  readonly tasks: readonly ListedTask[];
  readonly nowMs: number;
  readonly reason: string | undefined;
  readonly minMs: number;
  /** How many failures an instance may have. */
  readonly retries: number;
  readonly outputs: Known['outputs'];
}

function instanceView(
  instance: number,
  event: Wire<'JobInstanceUpdateEvent'> | undefined,
  task: ListedTask | undefined,
  { tasks, nowMs, reason, minMs, retries, outputs }: Around,
): InstanceView {
  const eventMs = Number(event?.timestampMs ?? 0);
  const since = (startMs: number) => Math.max(0, nowMs - startMs);
  const own = tasks.filter((one) => bornMs(one) >= eventMs);
  const failed = own.flatMap(failureOf);
  // With more failures than are allowed the instance has failed, and the scheduler is about to say so.
  const failure = failed.length <= retries ? failed.at(-1) : undefined;
  switch (event?.action) {
    case undefined:
      return { instance, phase: 'waiting', forMs: 0 };
    case 'INSTANCE_UPDATED':
      return { instance, phase: 'done', forMs: since(eventMs) };
    case 'INSTANCE_ROLLED_BACK':
      return { instance, phase: 'back', forMs: since(eventMs) };
    case 'INSTANCE_UPDATE_FAILED':
    case 'INSTANCE_ROLLBACK_FAILED':
      return { instance, phase: 'failed', forMs: since(eventMs) };
    default: {
      const isNew = task !== undefined && bornMs(task) >= eventMs;
      const changedMs = Number(task?.taskEvents?.at(-1)?.timestamp ?? eventMs);
      const at = (phase: Phase, fromMs: number) => ({
        instance,
        phase,
        forMs: since(fromMs),
        lastFailure: failure?.reason,
        lastFailedTask: failure?.taskId,
        output: outputs.get(failure?.taskId ?? ''),
      });
      if (!isNew) return at('ending', eventMs);
      if (task.status === 'PENDING' || task.status === 'THROTTLED')
        return { ...at('pending', changedMs), reason };
      if (task.status === 'RUNNING') return at(minMs > 0 ? 'watching' : 'starting', changedMs);
      return at('starting', changedMs);
    }
  }
}
