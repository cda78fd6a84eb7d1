import type { AssignedTask } from '../../api/index.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { TaskStatus } from '../../mesos/index.ts';
import { counterNames } from '../metrics/counter-names.ts';
import type { Counters } from '../metrics/counters.ts';
import type { StateManager } from '../state/index.ts';
import type { Storage, WriteTransaction } from '../storage/index.ts';
import type { Acknowledgement, MesosCalls } from './mesos-calls.ts';
import { eventMessage, isUnknownToMesos, STATUS_OF_STATE } from './task-status.ts';
import type { UnknownTasks } from './unknown-tasks.ts';

export interface StatusUpdatesOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Counters;
  readonly storage: Storage;
  readonly state: StateManager;
  readonly calls: Pick<MesosCalls, 'acknowledge'>;
  readonly unknown: Pick<UnknownTasks, 'reported'>;
  /** The maximum number of updates in one write. */
  readonly maxBatch: number;
}

export interface StatusUpdates {
  received(status: TaskStatus): void;
  /** Whether so many wait that further ones should wait where they come from. */
  isFull(): boolean;
  close(): void;
}

/** Of a status only this is kept until it is durable, in the store's own texts where they are the same. */
function acknowledgementOf(
  { agent_id, task_id, uuid }: TaskStatus,
  known: AssignedTask | undefined,
): Acknowledgement {
  return {
    taskId: known?.taskId ?? task_id.value,
    agentId: agent_id?.value === known?.slaveId ? known?.slaveId : agent_id?.value,
    uuid,
  };
}

const delayName = counterNames('task_delivery_delay_');
const namesOfResults = new Map<string, (reason: string) => string>();

function updateName(reason: string, result: string): string {
  let nameOf = namesOfResults.get(result);
  if (!nameOf) {
    nameOf = counterNames('status_update_', `_${result}`);
    namesOfResults.set(result, nameOf);
  }
  return nameOf(reason);
}

/** Updates are applied for at most this long in one write, so that other work gets its turn. */
const SLICE_MS = 5;

/**
 * Applies status updates, those that arrive together in one write, and acknowledges each once the write is durable,
 * even if it changed nothing. Updates that could not be written are not acknowledged, so Mesos sends them again.
 */
export function statusUpdates(options: StatusUpdatesOptions): StatusUpdates {
  const { calls, clock, counters, log, state, storage, unknown } = options;
  let queue: TaskStatus[] = [];
  let timer: Timer | undefined;
  counters.gauge('status_updates_queue_size', () => queue.length);

  const acknowledgeLater = (tx: WriteTransaction, one: Acknowledgement) => {
    tx.afterCommit(calls.acknowledge, one);
  };
  const apply = (tx: WriteTransaction, status: TaskStatus) => {
    const known = tx.tasks.get(status.task_id.value);
    // The store's own text is found by its address, the one from Mesos only by its letters.
    const taskId = known?.assignedTask.taskId ?? status.task_id.value;
    const to = STATUS_OF_STATE[status.state];
    const kept = !known && unknown.reported(status, to);
    const change = { taskId, to, message: eventMessage(status), unknownToMesos: isUnknownToMesos(status) };
    const result = kept ? 'KEPT' : state.changeState(tx, change);
    counters.add(updateName(status.reason ?? 'NONE', result));
    if (status.uuid !== undefined) acknowledgeLater(tx, acknowledgementOf(status, known?.assignedTask));
  };
  /** Applies the first of the updates, as many as there is time for; returns how many. */
  const applyInTime = (tx: WriteTransaction, updates: readonly TaskStatus[]): number => {
    const untilMs = clock.monotonicMs() + SLICE_MS;
    for (const [nth, status] of updates.entries()) {
      if (nth > 0 && clock.monotonicMs() > untilMs) return nth;
      apply(tx, status);
    }
    return updates.length;
  };
  const notApplied = (updates: number) => (error: unknown) =>
    log.error({ error: messageOf(error), updates }, 'status updates were not applied');
  /** Writes the first of the updates: how many, or why none. Until they are durable, nothing of them is kept here. */
  const attempt = (updates: readonly TaskStatus[]): number | { readonly error: unknown } => {
    try {
      const { result: taken, durable } = storage.apply((tx) => applyInTime(tx, updates));
      durable?.catch(notApplied(taken));
      return taken;
    } catch (error) {
      return { error };
    }
  };
  const each = (updates: readonly TaskStatus[]) => {
    for (const status of updates) {
      const made = attempt([status]);
      if (typeof made !== 'number') notApplied(1)(made.error);
    }
  };
  /** Returns how many of the updates it took. Those that are refused are dropped, and Mesos sends them again. */
  const write = (updates: readonly TaskStatus[]): number => {
    const made = attempt(updates);
    if (typeof made === 'number') return made;
    const broken = made.error instanceof AuroraError && made.error.code === 'STORAGE';
    // A faulty update fails the whole write; written separately, the others succeed.
    if (!broken && updates.length > 1) each(updates);
    else notApplied(updates.length)(made.error);
    return updates.length;
  };
  const flush = () => {
    timer = undefined;
    queue = queue.slice(write(queue.slice(0, options.maxBatch)));
    arm();
  };
  const arm = () => {
    if (queue.length > 0) timer ??= clock.after(0, flush);
  };
  return {
    received(status) {
      counters.add('scheduler_status_update');
      if (status.state === 'TASK_LOST') counters.add(`task_lost_${status.source ?? 'UNKNOWN'}`);
      if (status.reason !== undefined) counters.add(`task_exit_${status.reason}`);
      if (status.timestamp !== undefined) {
        const delayMs = clock.nowMs() - status.timestamp * 1000;
        // Clocks of two machines differ; a negative delay has no meaning.
        if (delayMs > 0) counters.request(delayName(status.source ?? 'UNKNOWN'), delayMs);
      }
      queue.push(status);
      arm();
    },
    isFull: () => queue.length >= options.maxBatch,
    close() {
      timer?.cancel();
      queue = [];
    },
  };
}
