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
  /** Most updates that one write takes. */
  readonly maxBatch: number;
}

export interface StatusUpdates {
  received(status: TaskStatus): void;
  close(): void;
}

/**
 * Applies status updates: those that come together in one write, each acknowledged when the write is durable,
 * whether it changed anything or not. What cannot be written is not acknowledged, and Mesos sends it again.
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
  const write = (batch: readonly TaskStatus[]): void => {
    storage
      .write((tx) => {
        for (const status of batch) apply(tx, status);
      })
      .catch((error) => {
        const broken = error instanceof AuroraError && error.code === 'STORAGE';
        // One of them spoils the write: apart, the others go through.
        if (!broken && batch.length > 1) for (const status of batch) write([status]);
        else log.error({ error: messageOf(error), updates: batch.length }, 'status updates were not applied');
      });
  };
  const flush = () => {
    timer = undefined;
    const batch = queue.slice(0, options.maxBatch);
    queue = queue.slice(options.maxBatch);
    write(batch);
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
        // Clocks of two machines differ: what seems to come from the future says nothing.
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
