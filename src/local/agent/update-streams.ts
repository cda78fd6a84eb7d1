/**
 * Status updates on their way to the scheduler: a stream for each task, one update in flight, resent until
 * acknowledged. Source: Mesos' task status update manager; pauses as in golden/mesos sched-05.
 */
import type { Clock, Timer } from '../../base/clock.ts';
import type { TaskStatus } from '../../mesos/index.ts';
import { isTerminal } from './task-states.ts';

export interface TaskAddress {
  readonly frameworkId: string;
  readonly taskId: string;
}

/** A status that has its uuid. */
export type StampedStatus = TaskStatus & { readonly uuid: string };

/** Stores what a stream must remember after the agent's process ends. Called before anything is sent. */
export interface StreamJournal {
  received(task: TaskAddress, status: StampedStatus): void;
  acknowledged(task: TaskAddress, uuid: string): void;
}

/** 'new': accepted. 'duplicate': already known. 'late': came after a terminal update and is dropped. */
export type Accepted = 'new' | 'duplicate' | 'late';

/** 'ignored': not the update in flight. 'finished': it was the terminal update, and the stream is removed. */
export type Acknowledged = 'ignored' | 'acknowledged' | 'finished';

export interface UpdateStreams {
  accept(task: TaskAddress, status: StampedStatus): Accepted;
  acknowledge(task: TaskAddress, uuid: string): Acknowledged;
  /** Restores the stream of an earlier agent without sending; the next `resendAll` sends. */
  restore(task: TaskAddress, received: readonly StampedStatus[], acknowledged: readonly string[]): void;
  /** The updates that the scheduler has not acknowledged, oldest first. */
  pending(task: TaskAddress): readonly StampedStatus[];
  /** Enables sending, and sends the first pending update of every stream at once, or of one framework's streams. */
  resendAll(frameworkId?: string): void;
  /** Keeps updates without sending them, because the master is away. */
  pause(): void;
  /** Drops the framework's streams: it is gone, so nobody will acknowledge. */
  dropFramework(frameworkId: string): void;
  /** Cancels all timers. */
  stop(): void;
}

interface Stream {
  readonly task: TaskAddress;
  readonly pending: StampedStatus[];
  readonly seen: Set<string>;
  terminalSeen: boolean;
  retryMs: number;
  timer: Timer | undefined;
}

/** The pause before an unacknowledged update is resent: the first and the longest; it doubles each time. */
const RETRY_MIN_MS = 10_000;
const RETRY_MAX_MS = 600_000;

const keyOf = (task: TaskAddress) => `${task.frameworkId}\n${task.taskId}`;

/** @param forward sends one update to the master */
export function updateStreams(
  clock: Clock,
  journal: StreamJournal,
  forward: (task: TaskAddress, status: StampedStatus) => void,
): UpdateStreams {
  const streams = new Map<string, Stream>();
  let paused = true;

  const streamOf = (task: TaskAddress): Stream => {
    const known = streams.get(keyOf(task));
    if (known) return known;
    const made: Stream = {
      task,
      pending: [],
      seen: new Set(),
      terminalSeen: false,
      retryMs: RETRY_MIN_MS,
      timer: undefined,
    };
    streams.set(keyOf(task), made);
    return made;
  };

  const send = (stream: Stream) => {
    stream.timer?.cancel();
    const [head] = stream.pending;
    if (!head || paused) return;
    const waitMs = stream.retryMs;
    stream.timer = clock.after(waitMs, () => {
      stream.retryMs = Math.min(waitMs * 2, RETRY_MAX_MS);
      send(stream);
    });
    forward(stream.task, head);
  };

  const remember = (stream: Stream, status: StampedStatus) => {
    stream.seen.add(status.uuid);
    stream.pending.push(status);
    stream.terminalSeen ||= isTerminal(status.state);
  };

  return {
    accept(task, status) {
      const stream = streamOf(task);
      if (stream.seen.has(status.uuid)) return 'duplicate';
      if (stream.terminalSeen) return 'late';
      journal.received(task, status);
      remember(stream, status);
      if (stream.pending.length === 1) send(stream);
      return 'new';
    },
    acknowledge(task, uuid) {
      const stream = streams.get(keyOf(task));
      if (!stream || stream.pending[0]?.uuid !== uuid) return 'ignored';
      journal.acknowledged(task, uuid);
      stream.timer?.cancel();
      stream.retryMs = RETRY_MIN_MS;
      const done = stream.pending.shift() as StampedStatus;
      if (isTerminal(done.state)) {
        streams.delete(keyOf(task));
        return 'finished';
      }
      send(stream);
      return 'acknowledged';
    },
    restore(task, received, acknowledged) {
      const stream = streamOf(task);
      for (const status of received) remember(stream, status);
      const left = stream.pending.filter((status) => !acknowledged.includes(status.uuid));
      stream.pending.splice(0, stream.pending.length, ...left);
      if (stream.terminalSeen && left.length === 0) streams.delete(keyOf(task));
    },
    pending: (task) => streams.get(keyOf(task))?.pending ?? [],
    resendAll(frameworkId) {
      paused = false;
      for (const stream of streams.values()) {
        if (frameworkId === undefined || stream.task.frameworkId === frameworkId) send(stream);
      }
    },
    pause() {
      paused = true;
      for (const stream of streams.values()) stream.timer?.cancel();
    },
    dropFramework(frameworkId) {
      for (const [key, stream] of streams) {
        if (stream.task.frameworkId !== frameworkId) continue;
        stream.timer?.cancel();
        streams.delete(key);
      }
    },
    stop() {
      paused = true;
      for (const stream of streams.values()) stream.timer?.cancel();
      streams.clear();
    },
  };
}
