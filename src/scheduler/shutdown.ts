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
export function shutdown(log: Logger, begin: () => void): Shutdown {
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
  const closeAll = async (end: SchedulerEnd) => {
    begin();
    for (const stage of STAGES)
      for (const closer of closers) if (closer.stage === stage) await closed(stage, closer.close);
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
