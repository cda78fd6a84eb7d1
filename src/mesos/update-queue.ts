/** Status updates of an executor on their way to the agent: sent in order, one at a time, again until acknowledged. */
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
  /** The error for an update that the agent will never take. */
  readonly refusal: (answer: Answer) => Error;
}

export interface UpdateQueue {
  /** Resolves when the agent has acknowledged it. */
  add(status: TaskStatus): Promise<void>;
  /** The agent has stored the update with this uuid; unknown ones are ignored. */
  acknowledge(uuid: string): void;
  /** Sends from now on; call at every new connection. */
  open(): void;
  /** Holds everything back until `open`. */
  pause(): void;
  /** Updates without an acknowledgement, oldest first. */
  unacknowledged(): readonly TaskStatus[];
  /** Gives up: every waiting update is rejected. */
  close(reason: string): void;
}

/** An agent acknowledges within milliseconds; one that does not was restarted, or has a slow disk. */
const RETRY: BackoffLimits = { initialMs: 1_000, maxMs: 30_000 };

/**
 * An update leaves when the one before was answered, so that they arrive in order. An answer that asks for patience (503
 * during the agent's recovery, 404 before its endpoints are up), or none at all, holds the queue for a while; a refusal
 * drops the update. Source: golden/mesos facts 113, 114, 120.
 */
export function updateQueue({ clock, random, post, refusal }: UpdateQueueOptions): UpdateQueue {
  /** Everything unacknowledged, oldest first, and of that what is to be sent. */
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
    // The acknowledgement may have overtaken the answer.
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
