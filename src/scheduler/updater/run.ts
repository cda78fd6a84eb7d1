import type {
  JobInstanceUpdateEvent,
  JobUpdateAction,
  JobUpdateInstructions,
  TaskConfig,
} from '../../api/index.ts';
import type { UpdateDirection, UpdateProgress } from '../storage/index.ts';
import { type InstanceFacts, type InstanceLimits, judge, type Verdict } from './instance.ts';
import { updatedInstances } from './instances.ts';
import { nextGroupSize, type Strategy, strategyOf } from './strategy.ts';

/** The actions in an instance's events, by direction. Source: the original's JobUpdateControllerImpl. */
export const ACTIONS: Readonly<
  Record<UpdateDirection, Readonly<Record<'starts' | 'succeeded' | 'failed', JobUpdateAction>>>
> = {
  forward: {
    starts: 'INSTANCE_UPDATING',
    succeeded: 'INSTANCE_UPDATED',
    failed: 'INSTANCE_UPDATE_FAILED',
  },
  back: {
    starts: 'INSTANCE_ROLLING_BACK',
    succeeded: 'INSTANCE_ROLLED_BACK',
    failed: 'INSTANCE_ROLLBACK_FAILED',
  },
};

/** Message of the event that an instance waits until its SLA policy lets its task go. */
export const SLA_CHECKING = 'Checking SLA before continuing.';

/**
 * The state of an update that works in one direction. It can be rebuilt from the stores, so another scheduler continues
 * exactly where this one stopped; it is kept in memory because rebuilding costs time for each instance and event. For
 * the same reason `evaluate` modifies it in place instead of copying it.
 */
export interface Run {
  readonly direction: UpdateDirection;
  /** Instances in the order in which they are worked on. */
  readonly order: readonly number[];
  readonly wanted: (instanceId: number) => TaskConfig | undefined;
  /** Ids of tasks to replace although their configuration is the wanted one: those of a restart. */
  readonly outgoing: ReadonlySet<string>;
  readonly limits: InstanceLimits;
  readonly strategy: Strategy;
  readonly maxFailedInstances: number;
  /** Instances that were taken on and are not done yet. */
  readonly working: Set<number>;
  /** Instances with an event of this update, in either direction. */
  readonly known: Set<number>;
  /** Instances whose start is recorded, in this direction. */
  readonly started: Set<number>;
  /** Instances recorded as waiting for their SLA policy, in this direction. */
  readonly checking: Set<number>;
  failed: number;
  progress: UpdateProgress;
}

/** The result of one evaluation for one instance. */
export interface Step {
  readonly instanceId: number;
  /** The instance was taken on, which has to be recorded. */
  readonly starts: boolean;
  /** The instance is done, which has to be recorded. */
  readonly ends?: 'succeeded' | 'failed';
  readonly reason?: string;
  readonly action?: 'add' | 'kill';
  /** After how many milliseconds to judge the instance again even if nothing happens to it. */
  readonly leftMs?: number;
}

export interface Evaluation {
  /** `pause` means that a batch is done and the update pauses by itself. */
  readonly outcome: 'working' | 'succeeded' | 'failed' | 'pause';
  readonly steps: readonly Step[];
  /** The instance whose failure was one too many. */
  readonly failure?: { readonly instanceId: number; readonly reason: string };
  /** More instances can be taken on at once: call `evaluate` again. */
  readonly more: boolean;
}

/** Derives the progress from events, for a run whose progress was not stored, such as one of the original. */
function progressFrom(
  direction: UpdateDirection,
  order: readonly number[],
  started: ReadonlySet<number>,
  isWorking: boolean,
): UpdateProgress {
  let taken = order.length;
  while (taken > 0 && !started.has(order[taken - 1] as number)) taken--;
  // A batch under way must still pause at its end. After a finished one the update may have paused already, so do not
  // pause again.
  return { direction, taken, batchStart: isWorking ? 0 : taken, batchEnd: taken };
}

/**
 * Builds the run from what is stored.
 * @param stored the stored progress; when it is missing or of the other direction, the events are used instead.
 */
export function runOf(
  instructions: JobUpdateInstructions,
  direction: UpdateDirection,
  events: readonly JobInstanceUpdateEvent[],
  stored: UpdateProgress | undefined,
): Run {
  const { settings } = instructions;
  const { order, wanted } = updatedInstances(instructions, direction);
  const actions = ACTIONS[direction];
  const known = new Set<number>();
  const started = new Set<number>();
  const checking = new Set<number>();
  const failed = new Set<number>();
  const working = new Set<number>();
  for (const { instanceId, action, message } of events) {
    known.add(instanceId);
    if (action === actions.starts && message === SLA_CHECKING) checking.add(instanceId);
    if (action === actions.starts && !started.has(instanceId)) {
      started.add(instanceId);
      working.add(instanceId);
    }
    if (action === actions.failed) failed.add(instanceId);
    if (action === actions.failed || action === actions.succeeded) {
      started.add(instanceId);
      working.delete(instanceId);
    }
  }
  const progress =
    stored?.direction === direction ? stored : progressFrom(direction, order, started, working.size > 0);
  return {
    direction,
    order,
    wanted,
    outgoing: new Set(direction === 'forward' ? instructions.restart?.taskIds : []),
    limits: {
      maxPerInstanceFailures: settings.maxPerInstanceFailures,
      minWaitMs: settings.minWaitInInstanceRunningMs,
      startTimeoutMs: settings.instanceStartTimeoutMs ?? 0,
    },
    strategy: strategyOf(settings),
    maxFailedInstances: settings.maxFailedInstances,
    working,
    known,
    started,
    checking,
    failed: failed.size,
    progress,
  };
}

/** What to record and to do after a verdict; undefined for an instance that was right from the beginning. */
function stepOf(run: Run, instanceId: number, isNew: boolean, verdict: Verdict): Step | undefined {
  const isSilent = isNew && verdict.kind === 'succeeded' && !run.known.has(instanceId);
  if (isSilent) return undefined;
  const starts = isNew && !run.started.has(instanceId);
  run.known.add(instanceId);
  run.started.add(instanceId);
  run.working.add(instanceId);
  switch (verdict.kind) {
    case 'succeeded':
      run.working.delete(instanceId);
      return { instanceId, starts, ends: 'succeeded' };
    case 'failed':
      run.working.delete(instanceId);
      run.failed++;
      return { instanceId, starts, ends: 'failed', reason: verdict.reason };
    case 'wait':
      return verdict.leftMs === undefined
        ? { instanceId, starts }
        : { instanceId, starts, leftMs: verdict.leftMs };
    default:
      return { instanceId, starts, action: verdict.kind };
  }
}

/** Whether the finished batch changed anything. A batch whose instances were all right already causes no pause. */
const didWork = ({ order, progress: { batchStart, taken }, started }: Run): boolean =>
  order.slice(batchStart, taken).some((instanceId) => started.has(instanceId));

function outcomeOf(run: Run): 'working' | 'succeeded' | 'failed' {
  if (run.failed > run.maxFailedInstances) return 'failed';
  return run.working.size === 0 && run.progress.taken === run.order.length ? 'succeeded' : 'working';
}

/** Begins the next group; false when it cannot begin yet. */
function openGroup(run: Run): boolean {
  const { direction, order, progress, strategy, working } = run;
  const { taken } = progress;
  const size = nextGroupSize(strategy, direction, { taken, total: order.length, working: working.size });
  if (size > 0) run.progress = { ...progress, batchStart: taken, batchEnd: taken + size };
  return size > 0;
}

/**
 * Judges the changed instances, then takes on as many new ones as the strategy allows, but at most `most` instances in
 * all. Source: the original's JobUpdateControllerImpl.
 */
export function evaluate(
  run: Run,
  changed: Iterable<number>,
  look: (instanceId: number) => InstanceFacts,
  most: number,
): Evaluation {
  const steps: Step[] = [];
  let failure: Evaluation['failure'];
  let judged = 0;
  const visit = (instanceId: number, isNew: boolean) => {
    judged++;
    const step = stepOf(run, instanceId, isNew, judge(look(instanceId), run.limits));
    if (!step) return;
    steps.push(step);
    if (step.ends === 'failed') failure = { instanceId, reason: step.reason as string };
  };
  const result = (outcome: Evaluation['outcome'], more: boolean): Evaluation => ({
    outcome,
    steps,
    more,
    ...(outcome === 'failed' && failure ? { failure } : {}),
  });

  for (const instanceId of changed) {
    // Too many have failed, so the outcome is certain. The other instances are judged once the update has its next
    // status.
    if (run.failed > run.maxFailedInstances) break;
    if (run.working.has(instanceId)) visit(instanceId, false);
  }
  for (;;) {
    const outcome = outcomeOf(run);
    if (outcome !== 'working') return result(outcome, false);
    const { taken, batchEnd } = run.progress;
    if (taken === batchEnd) {
      const pauses = run.strategy.autoPause && run.direction === 'forward' && run.working.size === 0;
      if (pauses && didWork(run)) {
        run.progress = { ...run.progress, batchStart: taken };
        return result('pause', false);
      }
      if (judged >= most) return result('working', true);
      if (!openGroup(run)) return result('working', false);
    } else if (judged >= most) return result('working', true);
    else {
      run.progress = { ...run.progress, taken: taken + 1 };
      visit(run.order[taken] as number, true);
    }
  }
}
