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

/** How what happens to an instance is called in its events. Source: the original's JobUpdateControllerImpl. */
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

/** Message of the event that says that an instance waits until its task may be ended. */
export const SLA_CHECKING = 'Checking SLA before continuing.';

/**
 * An update on its way in one direction. All of it follows from what is stored, so that another scheduler goes on
 * exactly where this one stopped; it is kept because working it out costs the number of instances and events.
 * `evaluate` changes it in place: a copy would cost as much.
 */
export interface Run {
  readonly direction: UpdateDirection;
  /** Instances in the order in which they are taken on. */
  readonly order: readonly number[];
  readonly wanted: (instanceId: number) => TaskConfig | undefined;
  /** Tasks that are not wanted though their configuration is: those that a restart is to replace. */
  readonly outgoing: ReadonlySet<string>;
  readonly limits: InstanceLimits;
  readonly strategy: Strategy;
  readonly maxFailedInstances: number;
  /** Those that have been taken on and are not done. */
  readonly working: Set<number>;
  /** Those that have an event of the update, in this direction or the other. */
  readonly known: Set<number>;
  /** Those whose start is recorded in this direction. */
  readonly started: Set<number>;
  /** Those of which it is recorded that they wait for their promises, in this direction. */
  readonly checking: Set<number>;
  failed: number;
  progress: UpdateProgress;
}

/** What one evaluation made of one instance. */
export interface Step {
  readonly instanceId: number;
  /** The instance was taken on: to be recorded. */
  readonly starts: boolean;
  /** It is done: to be recorded. */
  readonly ends?: 'succeeded' | 'failed';
  readonly reason?: string;
  readonly action?: 'add' | 'kill';
  /** When it has to be judged again though nothing happens, epoch milliseconds. */
  readonly dueMs?: number;
}

export interface Evaluation {
  /** `pause`: a batch is done and the update pauses by itself. */
  readonly outcome: 'working' | 'succeeded' | 'failed' | 'pause';
  readonly steps: readonly Step[];
  /** The instance that was one too many. */
  readonly failure?: { readonly instanceId: number; readonly reason: string };
  /** There is more to take on at once: to be called again. */
  readonly more: boolean;
}

/** The numbers of a run that was never stored, as one of the original: what the events tell. */
function progressFrom(
  direction: UpdateDirection,
  order: readonly number[],
  started: ReadonlySet<number>,
  isWorking: boolean,
): UpdateProgress {
  let taken = order.length;
  while (taken > 0 && !started.has(order[taken - 1] as number)) taken--;
  // A batch that is under way ends in a boundary; one that is over may have paused already.
  return { direction, taken, batchStart: isWorking ? 0 : taken, batchEnd: taken };
}

/**
 * The run that is stored.
 * @param stored unset, or of the other direction: what the events say holds.
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

/** What there is to record and to do about an instance after a verdict; undefined when it was good all the time. */
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
      return verdict.dueMs === undefined
        ? { instanceId, starts }
        : { instanceId, starts, dueMs: verdict.dueMs };
    default:
      return { instanceId, starts, action: verdict.kind };
  }
}

/** Whether the batch that is done had anything to do: one in which every instance was good already is no boundary. */
const didWork = ({ order, progress: { batchStart, taken }, started }: Run): boolean =>
  order.slice(batchStart, taken).some((instanceId) => started.has(instanceId));

function outcomeOf(run: Run): 'working' | 'succeeded' | 'failed' {
  if (run.failed > run.maxFailedInstances) return 'failed';
  return run.working.size === 0 && run.progress.taken === run.order.length ? 'succeeded' : 'working';
}

/** Opens the next group; false when there is none yet. */
function openGroup(run: Run): boolean {
  const { direction, order, progress, strategy, working } = run;
  const { taken } = progress;
  const size = nextGroupSize(strategy, direction, { taken, total: order.length, working: working.size });
  if (size > 0) run.progress = { ...progress, batchStart: taken, batchEnd: taken + size };
  return size > 0;
}

/**
 * Judges the instances that something happened to, then takes on as many new ones as the strategy allows, `most`
 * instances in all. Source: the original's JobUpdateControllerImpl.
 */
export function evaluate(
  run: Run,
  changed: Iterable<number>,
  look: (instanceId: number) => InstanceFacts,
  nowMs: number,
  most: number,
): Evaluation {
  const steps: Step[] = [];
  let failure: Evaluation['failure'];
  let judged = 0;
  const visit = (instanceId: number, isNew: boolean) => {
    judged++;
    const step = stepOf(run, instanceId, isNew, judge(look(instanceId), run.limits, nowMs));
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
    // With the first one too many it is decided; the others are judged by where the update goes then.
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
