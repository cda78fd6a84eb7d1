import { type Clock, settledWithin } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';

/** Why a scheduler ended. */
export interface SchedulerEnd {
  /** False when the end was caused by `stop`. */
  readonly failed: boolean;
  /** For people: what happened and, if they can do something about it, what. */
  readonly reason: string;
}

/**
 * The order in which a scheduler shuts down: withdraw the announcement, so that clients look elsewhere; stop everything
 * that acts by itself; leave Mesos, which keeps the framework; finish open requests; make the state durable and close
 * it. Only then may another scheduler lead.
 */
const STAGES = ['announcement', 'parts', 'mesos', 'http', 'state', 'candidacy'] as const;

type Stage = (typeof STAGES)[number];

/**
 * Time limit of each stage. After that the shutdown continues, and the process exits with whatever is still open, so
 * that a supervisor can restart it, and another scheduler lead, even if ZooKeeper, the disk or Mesos do not answer.
 */
const LIMITS_MS: Readonly<Record<Stage, number>> = {
  announcement: 3_000,
  parts: 2_000,
  mesos: 5_000,
  http: 3_000,
  state: 12_000,
  candidacy: 5_000,
};

/** The shutdown of one scheduler. It happens once, however many ask for it. */
export interface Shutdown {
  /**
   * Has `close` called in its stage, or at once if the shutdown has begun. A failure is logged and does not stop the
   * rest.
   */
  on(stage: Stage, close: () => unknown): void;
  /** Shuts down; resolves when everything is closed. The first caller's reason is the one reported. */
  end(failed: boolean, reason: string): Promise<void>;
  begun(): boolean;
  readonly finished: Promise<SchedulerEnd>;
}

/** @param begin called when the shutdown begins. */
export function shutdown(clock: Clock, log: Logger, begin: () => void): Shutdown {
  const closers: { readonly stage: Stage; readonly close: () => unknown }[] = [];
  let ending: Promise<void> | undefined;
  let announce: (end: SchedulerEnd) => void = () => {};
  const finished = new Promise<SchedulerEnd>((resolve) => {
    announce = resolve;
  });
  const closed = async (stage: Stage, close: () => unknown) => {
    try {
      await close();
    } catch (error) {
      log.error({ stage, error: messageOf(error) }, 'something was not closed well');
    }
  };
  const closeStage = async (stage: Stage) => {
    for (const closer of closers) if (closer.stage === stage) await closed(stage, closer.close);
  };
  const closeAll = async (end: SchedulerEnd) => {
    begin();
    for (const stage of STAGES) {
      const limitMs = LIMITS_MS[stage];
      if (!(await settledWithin(clock, limitMs, closeStage(stage))))
        log.error({ stage, limitMs }, 'this takes too long to close: the end goes on without it');
    }
    announce(end);
  };
  return {
    on(stage, close) {
      if (ending) void closed(stage, close);
      else closers.push({ stage, close });
    },
    end(failed, reason) {
      if (failed && !ending) log.error({ reason }, 'the scheduler stops');
      ending ??= closeAll({ failed, reason });
      return ending;
    },
    begun: () => ending !== undefined,
    finished,
  };
}
