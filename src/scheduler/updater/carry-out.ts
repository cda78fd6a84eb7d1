import type { JobUpdateStatus, TaskConfig } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../metrics/counters.ts';
import type { StateEvents, StateManager } from '../state/index.ts';
import type { WriteTransaction } from '../storage/index.ts';
import type { ActiveRun } from './active-runs.ts';
import { ACTIONS, type Evaluation, type Step } from './run.ts';
import { addInstanceEvent, type ChangeStatus, eventTimeMs } from './status-changes.ts';
import { STATUSES } from './statuses.ts';

export interface CarryOutOptions {
  readonly clock: Clock;
  readonly counters: Pick<Counters, 'add'>;
  readonly state: StateManager;
  readonly events: Pick<StateEvents, 'publish'>;
  readonly changeStatus: ChangeStatus;
  /** Ends the instance's task: now, or as soon as its SLA policy allows. */
  kill(tx: WriteTransaction, active: ActiveRun, instanceId: number): void;
  /** Arranges for the instance to be judged again after so many milliseconds. */
  due(active: ActiveRun, instanceId: number, delayMs: number): void;
}

const AUTO_PAUSED = 'Update auto paused';

/** Records what happened to the instances, each action once per instance. */
function record(
  tx: WriteTransaction,
  { key, run }: ActiveRun,
  steps: readonly Step[],
  options: CarryOutOptions,
) {
  if (steps.length === 0) return;
  const timestampMs = eventTimeMs(tx, key, options.clock);
  const actions = ACTIONS[run.direction];
  const add = (instanceId: number, what: keyof typeof actions, message?: string) => {
    const action = actions[what];
    addInstanceEvent(tx, options.events, key, {
      instanceId,
      timestampMs,
      action,
      ...(message ? { message } : {}),
    });
    options.counters.add(`update_instance_transition_${action}`);
  };
  for (const { instanceId, starts, ends, reason } of steps) {
    if (starts) add(instanceId, 'starts');
    if (ends) add(instanceId, ends, reason);
  }
}

/** Creates the new tasks, grouped by configuration. */
function addTasks(tx: WriteTransaction, { run }: ActiveRun, steps: readonly Step[], state: StateManager) {
  const byConfig = new Map<TaskConfig, number[]>();
  for (const { instanceId, action } of steps) {
    const config = action === 'add' ? run.wanted(instanceId) : undefined;
    if (!config) continue;
    const ids = byConfig.get(config);
    if (ids) ids.push(instanceId);
    else byConfig.set(config, [instanceId]);
  }
  for (const [config, ids] of byConfig) state.insertPendingTasks(tx, config, ids);
}

/** The status that the update moves to after this evaluation, with its message; undefined while it goes on working. */
function endOf(
  { key, run }: ActiveRun,
  { outcome, failure }: Evaluation,
  tx: WriteTransaction,
): { readonly to: JobUpdateStatus; readonly message?: string } | undefined {
  const rules = STATUSES[run.direction === 'forward' ? 'ROLLING_FORWARD' : 'ROLLING_BACK'];
  switch (outcome) {
    case 'working':
      return undefined;
    case 'pause':
      return { to: rules.pause as JobUpdateStatus, message: AUTO_PAUSED };
    case 'succeeded':
      return { to: rules.succeeded as JobUpdateStatus };
    case 'failed': {
      const rollsBack =
        run.direction === 'forward' && tx.jobUpdates.update(key)?.instructions.settings.rollbackOnFailure;
      const to = rollsBack ? 'ROLLING_BACK' : (rules.failed as JobUpdateStatus);
      if (!failure) return { to };
      return { to, message: `Latest failure: instance ${failure.instanceId} ${failure.reason}` };
    }
  }
}

/** Records an evaluation and carries it out. If the update ends, turns back or pauses with it, no tasks are touched. */
export function carryOut(
  tx: WriteTransaction,
  active: ActiveRun,
  evaluation: Evaluation,
  options: CarryOutOptions,
): void {
  const { key, run } = active;
  const { steps } = evaluation;
  record(tx, active, steps, options);
  if (tx.jobUpdates.progress(key) !== run.progress) tx.jobUpdates.saveProgress(key, run.progress);
  const end = endOf(active, evaluation, tx);
  if (end) {
    const { to, ...audit } = end;
    options.changeStatus(tx, key, to, audit);
    return;
  }
  addTasks(tx, active, steps, options.state);
  const { startTimeoutMs } = run.limits;
  for (const { instanceId, action, leftMs } of steps) {
    if (action === 'kill') options.kill(tx, active, instanceId);
    if (leftMs !== undefined) options.due(active, instanceId, leftMs);
    // Judged at once, so that the time it takes to start is measured from its creation.
    else if (action === 'add' && startTimeoutMs > 0) options.due(active, instanceId, 0);
  }
}
