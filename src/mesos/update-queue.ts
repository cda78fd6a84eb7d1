/** Sends the status updates of an executor to its agent: in order, one at a time, and again until acknowledged. */
import { type BackoffLimits, nextBackoff } from '../base/backoff.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { AuroraError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { Answer } from './http/target.ts';
import type { TaskStatus } from './messages/types.ts';

interface Pending {
  readonly status: TaskStatus;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  lastWaitMs: number;
  timer: Timer | undefined;
}

export interface UpdateQueueOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Sends one UPDATE; rejects when no answer came. */
  readonly post: (status: TaskStatus) => Promise<Answer>;
  /** Makes the error for an update that the agent will never accept. */
  readonly refusal: (answer: Answer) => Error;
}

export interface UpdateQueue {
  /** Resolves when the agent has acknowledged the update. */
  add(status: TaskStatus): Promise<void>;
  /** Tells that the agent has stored the update with this uuid; unknown ones are ignored. */
  acknowledge(uuid: string): void;
  /** Starts sending; call it at every new connection. */
  open(): void;
  /** Stops sending until `open`. */
  pause(): void;
  /** Updates without an acknowledgement, oldest first. */
  unacknowledged(): readonly TaskStatus[];
  /** Ends the queue: every waiting update is rejected. */
  close(reason: string): void;
}

/** A healthy agent acknowledges within milliseconds; others were restarted or have a slow disk. */
const RETRY: BackoffLimits = { initialMs: 1_000, maxMs: 30_000 };

/**
 * Sends each update after the previous one was answered, so that they arrive in order. When the agent is not ready (503
 * during its recovery, 404 before its endpoints are up) or does not answer, the queue waits and retries; a refusal
 * drops the update. Source: golden/mesos facts 113, 114, 120.
 */
export function updateQueue({ clock, random, post, refusal }: UpdateQueueOptions): UpdateQueue {
  /** `all` holds everything unacknowledged, oldest first; `toSend` the part of it that is to be sent. */
  let all: Pending[] = [];
  let toSend: Pending[] = [];
  let isOpen = false;
  let sending = false;

  const forget = (update: Pending) => {
    update.timer?.cancel();
    all = all.filter((other) => other !== update);
    toSend = toSend.filter((other) => other !== update);
  };
  const again = (update: Pending) => {
    update.lastWaitMs = nextBackoff(RETRY, update.lastWaitMs, random);
    update.timer = clock.after(update.lastWaitMs, () => {
      update.timer = undefined;
      if (!toSend.includes(update)) toSend.push(update);
      pump();
    });
  };
  const settle = (update: Pending, answer: Answer | undefined) => {
    sending = false;
    // The acknowledgement may have arrived before the answer.
    if (!all.includes(update)) return pump();
    const isPatience = answer === undefined || answer.status === 404 || answer.status >= 500;
    if (answer !== undefined && answer.status !== 202 && !isPatience) {
      forget(update);
      update.reject(refusal(answer));
      return pump();
    }
    if (!isPatience) toSend = toSend.filter((other) => other !== update);
    again(update);
    if (!isPatience) pump();
  };
  function pump() {
    const update = toSend[0];
    if (!isOpen || sending || update === undefined || update.timer) return;
    sending = true;
    post(update.status).then(
      (answer) => settle(update, answer),
      () => settle(update, undefined),
    );
  }

  return {
    add: (status) =>
      new Promise((resolve, reject) => {
        const update: Pending = { status, resolve, reject, lastWaitMs: 0, timer: undefined };
        all.push(update);
        toSend.push(update);
        pump();
      }),
    acknowledge(uuid) {
      for (const update of all.filter(({ status }) => status.uuid === uuid)) {
        forget(update);
        update.resolve();
      }
      pump();
    },
    open() {
      isOpen = true;
      pump();
    },
    pause() {
      isOpen = false;
    },
    unacknowledged: () => all.map(({ status }) => status),
    close(reason) {
      isOpen = false;
      for (const update of [...all]) {
        forget(update);
        update.reject(new AuroraError('EXECUTOR', `a status update was given up: ${reason}`));
      }
    },
  };
}
