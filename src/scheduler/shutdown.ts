import { type Clock, settledWithin } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';

/** Why a scheduler ended. */
export interface SchedulerEnd {
  /** False after `stop`. */
  readonly failed: boolean;
  /** For a person: what happened and, where there is something to do, what. */
  readonly reason: string;
}

/**
 * The order in which a scheduler lets go: clients look elsewhere, nothing acts by itself any more, Mesos is left (it
 * keeps the framework), what was asked is answered, the state is durable and closed; only then another one may lead.
 */
const STAGES = ['announcement', 'parts', 'mesos', 'http', 'state', 'candidacy'] as const;

type Stage = (typeof STAGES)[number];

/**
 * How long each may take; then the end goes on without, and the process ends with what is still open. A supervisor is to
 * start the next life, and another scheduler to lead, even when ZooKeeper, the disk or Mesos do not answer.
 */
const LIMITS_MS: Readonly<Record<Stage, number>> = {
  announcement: 3_000,
  parts: 2_000,
  mesos: 5_000,
  http: 3_000,
  state: 12_000,
  candidacy: 5_000,
};

/** The end of one scheduler; it comes once, whoever asks for it. */
export interface Shutdown {
  /** Has `close` called in the stage's turn, or at once when the end has begun. A failure is logged; the rest goes on. */
  on(stage: Stage, close: () => unknown): void;
  /** Resolves when everything is closed. The first caller's reason is told. */
  end(failed: boolean, reason: string): Promise<void>;
  begun(): boolean;
  readonly finished: Promise<SchedulerEnd>;
}

/** @param begin is called when the end begins. */
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
