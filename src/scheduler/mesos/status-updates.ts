import type { Clock, Timer } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { TaskStatus } from '../../mesos/index.ts';
import type { Counters } from '../metrics/counters.ts';
import type { StateManager } from '../state/index.ts';
import type { Storage, WriteTransaction } from '../storage/index.ts';
import type { MesosCalls } from './mesos-calls.ts';
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
  close(): void;
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

  const apply = (tx: WriteTransaction, status: TaskStatus) => {
    const taskId = status.task_id.value;
    const to = STATUS_OF_STATE[status.state];
    const kept = !tx.tasks.get(taskId) && unknown.reported(status, to);
    const change = { taskId, to, message: eventMessage(status), unknownToMesos: isUnknownToMesos(status) };
    const result = kept ? 'KEPT' : state.changeState(tx, change);
    counters.add(`status_update_${status.reason ?? 'NONE'}_${result}`);
    if (status.uuid !== undefined) tx.afterCommit(() => calls.acknowledge(status));
  };
  /** Writes the first of the updates, as many as there is time for; returns how many it took. */
  const write = (updates: readonly TaskStatus[]): number => {
    const untilMs = clock.monotonicMs() + SLICE_MS;
    // All of them, unless the write ends early. Those of a write that was refused are dropped, and Mesos sends them again.
    let taken = updates.length;
    storage
      .write((tx) => {
        for (const [nth, status] of updates.entries()) {
          if (nth > 0 && clock.monotonicMs() > untilMs) {
            taken = nth;
            return;
          }
          apply(tx, status);
        }
      })
      .catch((error) => {
        const broken = error instanceof AuroraError && error.code === 'STORAGE';
        // A faulty update fails the whole write; written separately, the others succeed.
        if (!broken && taken > 1) for (const status of updates.slice(0, taken)) write([status]);
        else log.error({ error: messageOf(error), updates: taken }, 'status updates were not applied');
      });
    return taken;
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
        if (delayMs > 0) counters.request(`task_delivery_delay_${status.source ?? 'UNKNOWN'}`, delayMs);
      }
      queue.push(status);
      arm();
    },
    close() {
      timer?.cancel();
      queue = [];
    },
  };
}
