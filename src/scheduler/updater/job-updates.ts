import { ENUMS, type JobUpdate, type JobUpdateKey, TERMINAL_STATES } from '../../api/index.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { refused } from '../jobs/job-refusal.ts';
import type { Counters } from '../metrics/counters.ts';
import type { StateEvent, StateEvents, StateManager } from '../state/index.ts';
import type { ReadStores, Storage, WriteTransaction } from '../storage/index.ts';
import { jobUpdateKeyText } from '../storage/keys.ts';
import { type ActiveRuns, factsOf } from './active-runs.ts';
import { type CarryOutOptions, carryOut } from './carry-out.ts';
import { pulses } from './pulses.ts';
import { evaluate } from './run.ts';
import { type Audit, type ChangeStatus, statusChanges } from './status-changes.ts';
import { STATUSES, workingDirection } from './statuses.ts';
import { taskWaits } from './task-waits.ts';
import { turns, type Waiting } from './turns.ts';
import type { UpdateKills } from './update-kills.ts';
import { updateTimers } from './update-timers.ts';

export interface JobUpdatesOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Counters;
  readonly storage: Storage;
  readonly state: StateManager;
  readonly events: StateEvents;
  /** Shared with the state manager, which reports tasks that end. */
  readonly runs: ActiveRuns;
  readonly kills: UpdateKills;
}

/** Makes every change to job updates. All methods with `tx` work in the caller's transaction. */
export interface JobUpdates {
  /** Stores a new update and starts it. The caller makes sure that the job has no other active update. */
  add(tx: WriteTransaction, update: JobUpdate, audit: Audit): void;
  /**
   * @throws AuroraError BAD_PARAMETER when the update does not exist, or its status does not allow this; so do the next
   * three.
   */
  pause(tx: WriteTransaction, key: JobUpdateKey, audit: Audit): void;
  resume(tx: WriteTransaction, key: JobUpdateKey, audit: Audit): void;
  abort(tx: WriteTransaction, key: JobUpdateKey, audit: Audit): void;
  rollback(tx: WriteTransaction, key: JobUpdateKey, audit: Audit): void;
  /** False when the update needs no pulse, or is over. */
  pulse(tx: WriteTransaction, key: JobUpdateKey): boolean;
  /** Called when this scheduler becomes the leader: every active update continues where it stopped. */
  begin(): void;
  /** Has the instance judged again. */
  again(key: JobUpdateKey, instanceId: number): void;
  close(): void;
}

const PULSES_STOPPED = 'Pulses from external service have timed out.';

/** Most instances judged in one piece of work: it takes less than a millisecond even if each needs a new task. */
const PIECE_INSTANCES = 50;

/** Drives all updates: reacts to task events, timers and calls, and does the work in small pieces. */
export function jobUpdates(options: JobUpdatesOptions): JobUpdates {
  const { clock, counters, events, kills, log, runs, storage } = options;
  const timers = updateTimers(clock);
  const pulse = pulses(clock);
  const waits = taskWaits(clock);
  let unsubscribe: () => void = () => {};

  const changeStatus: ChangeStatus = statusChanges({
    clock,
    counters,
    events,
    changed(key, to) {
      runs.drop(key.job);
      timers.clear(key);
      kills.forget(key);
      if (workingDirection(to)) turn.add(key);
      else turn.forget(key);
      if (STATUSES[to].to.length > 0) return;
      pulse.forget(key);
      waits.forget(key);
    },
  });
  const carrying: CarryOutOptions = {
    ...options,
    changeStatus,
    kill: kills.kill,
    due: ({ key }, instanceId, delayMs) =>
      timers.set(key, instanceId, delayMs, () => turn.add(key, instanceId)),
  };

  /** Whether the update's pulses have stopped. If not, sets a timer for the moment when they will have. */
  const isBlocked = (tx: WriteTransaction, key: JobUpdateKey): boolean => {
    const leftMs = pulse.leftMs(tx, key);
    if (leftMs === undefined) return false;
    if (leftMs === 0) return true;
    timers.set(key, 'pulse', leftMs, () => turn.add(key));
    return false;
  };
  const advance = (tx: WriteTransaction, { key, all, changed }: Waiting): boolean => {
    const active = runs.ofJob(tx, key.job);
    if (!active || active.key.id !== key.id) return false;
    const { run } = active;
    if (isBlocked(tx, key)) {
      const rules = STATUSES[run.direction === 'forward' ? 'ROLLING_FORWARD' : 'ROLLING_BACK'];
      changeStatus(tx, key, rules.noPulse!, { message: PULSES_STOPPED });
      return false;
    }
    if (all) for (const instanceId of run.working) changed.add(instanceId);
    const piece = firstOf(changed, PIECE_INSTANCES);
    for (const instanceId of piece) changed.delete(instanceId);
    // Take on no new instances until all changed ones are judged.
    const most = changed.size > 0 ? 0 : PIECE_INSTANCES;
    const look = (instanceId: number) => factsOf(tx, active, instanceId, waits);
    const evaluation = evaluate(run, piece, look, most);
    carryOut(tx, active, evaluation, carrying);
    return runs.ofJob(tx, key.job)?.run === run && (changed.size > 0 || evaluation.more);
  };
  const turn = turns({
    clock,
    storage,
    advance(tx, waiting) {
      const more = advance(tx, waiting);
      waiting.all = false;
      return more;
    },
    undone(key) {
      runs.drop(key.job);
      kills.forget(key);
    },
    failed(key, error) {
      counters.add('job_update_state_change_errors');
      log.error({ error: messageOf(error), update: jobUpdateKeyText(key) }, 'an update could not go on');
      storage
        .write((tx) =>
          changeStatus(tx, key, 'ERROR', { message: `Internal scheduler error: ${messageOf(error)}` }),
        )
        .catch((cause) => log.error({ error: messageOf(cause) }, 'an update could not be ended'));
    },
  });
  counters.gauge('job_updates_waiting', () => turn.size);
  for (const status of Object.keys(STATUSES)) counters.add(`update_transition_${status}`, 0);
  for (const action of Object.keys(ENUMS.JobUpdateAction))
    counters.add(`update_instance_transition_${action}`, 0);

  const follow = (event: StateEvent) => {
    if (event.kind !== 'tasksDeleted' && event.kind !== 'taskStateChanged') return;
    const tasks = event.kind === 'tasksDeleted' ? event.tasks : [event.task];
    for (const { status, assignedTask } of tasks) {
      // Other status changes do not affect any verdict.
      if (event.kind === 'taskStateChanged' && status !== 'RUNNING' && !TERMINAL_STATES.has(status)) continue;
      const { instanceId, task } = assignedTask;
      const active = storage.read((stores) => runs.ofJob(stores, task.job));
      if (active?.run.working.has(instanceId)) turn.add(active.key, instanceId);
    }
  };

  const statusOf = (stores: ReadStores, key: JobUpdateKey) => {
    const status = stores.jobUpdates.status(key);
    if (!status) throw refused(`Update does not exist: ${jobUpdateKeyText(key)}`);
    return status;
  };
  const changeBy = (
    tx: WriteTransaction,
    key: JobUpdateKey,
    what: 'pause' | 'resume' | 'resumeWithoutPulse',
    audit: Audit,
  ) => {
    const status = statusOf(tx, key);
    const to = STATUSES[status][what];
    if (!to) throw refused(`Cannot ${what === 'pause' ? what : 'resume'} an update that is ${status}`);
    changeStatus(tx, key, to, audit);
  };

  return {
    add(tx, update, audit) {
      const { key } = update.summary;
      tx.jobUpdates.save(update);
      const needsPulses = (update.instructions.settings.blockIfNoPulsesAfterMs ?? 0) > 0;
      changeStatus(tx, key, needsPulses ? 'ROLL_FORWARD_AWAITING_PULSE' : 'ROLLING_FORWARD', audit);
    },
    pause: (tx, key, audit) => changeBy(tx, key, 'pause', audit),
    resume(tx, key, audit) {
      statusOf(tx, key);
      changeBy(tx, key, pulse.leftMs(tx, key) === 0 ? 'resumeWithoutPulse' : 'resume', audit);
    },
    abort(tx, key, audit) {
      statusOf(tx, key);
      changeStatus(tx, key, 'ABORTED', audit);
    },
    rollback(tx, key, audit) {
      statusOf(tx, key);
      changeStatus(tx, key, 'ROLLING_BACK', audit);
    },
    pulse(tx, key) {
      const status = tx.jobUpdates.status(key);
      const isOver = status === undefined || STATUSES[status].to.length === 0;
      if (isOver || pulse.leftMs(tx, key) === undefined) return false;
      pulse.came(tx, key);
      const to = STATUSES[status].pulse;
      if (to) changeStatus(tx, key, to);
      return true;
    },
    begin() {
      unsubscribe = events.subscribe(follow);
      for (const key of storage.read((stores) => stores.jobUpdates.active())) turn.add(key);
      turn.start();
    },
    again: (key, instanceId) => turn.add(key, instanceId),
    close() {
      unsubscribe();
      turn.close();
      timers.close();
      kills.close();
    },
  };
}

function firstOf<T>(all: ReadonlySet<T>, most: number): T[] {
  const some: T[] = [];
  for (const one of all) {
    if (some.length === most) break;
    some.push(one);
  }
  return some;
}
