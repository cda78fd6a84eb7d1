import type { Clock, Timer } from '../base/clock.ts';

/** Reports on their way to the agent, and how long their acknowledgement is waited for at the end. */
export interface LastReports {
  /** A report that resolves when the agent has stored it, or rejects when it never will. */
  add(report: Promise<void>): void;
  /** Whether there is a subscription. */
  connected(on: boolean): void;
  /** The agent is lost for good. */
  giveUp(): void;
  /** Resolves when all reports are acknowledged or refused, or waited for long enough. */
  settled(): Promise<void>;
}

/**
 * How long an agent that is there may take to acknowledge; one that has forgotten the task never does. While it is away
 * nothing counts: the driver knows how long to wait for it (MESOS_RECOVERY_TIMEOUT with checkpointing), and a report that
 * is given up before makes Mesos call a task failed that has finished. A new subscription gets the whole time again.
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
