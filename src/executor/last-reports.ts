import type { Clock, Timer } from '../base/clock.ts';

/** Tracks reports on their way to the agent and limits how long the executor waits for acknowledgements at its end. */
export interface LastReports {
  /** Adds a report: a promise that resolves when the agent has stored it, or rejects when it never will. */
  add(report: Promise<void>): void;
  /** Says whether there is a subscription now. */
  connected(on: boolean): void;
  /** Says that the agent is lost for good. */
  giveUp(): void;
  /** Resolves when every report is acknowledged or refused, or the wait was long enough. */
  settled(): Promise<void>;
}

/**
 * How long a connected agent may take to acknowledge; an agent that has forgotten the task never does. Time without a
 * connection does not count: the driver knows how long to wait for the agent (MESOS_RECOVERY_TIMEOUT with
 * checkpointing), and if we gave up earlier, Mesos would call a finished task failed. Each new subscription gets the
 * whole time again.
 */
const ACKNOWLEDGE_LIMIT_MS = 5_000;

export function lastReports(clock: Clock): LastReports {
  const open = new Set<Promise<void>>();
  let isConnected = false;
  let over = false;
  let limit: Timer | undefined;
  let waiting: (() => void) | undefined;

  const look = () => {
    if (!waiting || (open.size > 0 && !over)) return;
    limit?.cancel();
    waiting();
  };
  const giveUp = () => {
    over = true;
    look();
  };
  const count = () => {
    limit?.cancel();
    limit = waiting && isConnected ? clock.after(ACKNOWLEDGE_LIMIT_MS, giveUp) : undefined;
  };

  return {
    add(report) {
      open.add(report);
      const settle = () => {
        open.delete(report);
        look();
      };
      report.then(settle, settle);
    },
    connected(on) {
      isConnected = on;
      count();
    },
    giveUp,
    settled: () =>
      new Promise((resolve) => {
        waiting = resolve;
        count();
        look();
      }),
  };
}
