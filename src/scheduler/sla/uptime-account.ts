import type { UptimeClass } from './uptime-class.ts';

/**
 * Adds up how long the instances of a group were UP and DOWN. An event costs the same however many instances there are.
 */
export interface UptimeAccount {
  /** An instance changes its class. A time before that of the last event counts as the last one. */
  move(from: UptimeClass, to: UptimeClass, atMs: number): void;
  /** Percentage of the counted time since the last call in which instances were UP; 100 when no time counts. */
  percent(nowMs: number): number;
}

export function uptimeAccount(startMs: number): UptimeAccount {
  const members = { UP: 0, DOWN: 0, REMOVED: 0 };
  let [upMs, downMs, lastMs] = [0, 0, startMs];
  const pass = (toMs: number) => {
    const passedMs = Math.max(0, toMs - lastMs);
    upMs += members.UP * passedMs;
    downMs += members.DOWN * passedMs;
    lastMs = Math.max(lastMs, toMs);
  };
  return {
    move(from, to, atMs) {
      pass(atMs);
      members[from]--;
      members[to]++;
    },
    percent(nowMs) {
      pass(nowMs);
      const percent = upMs + downMs > 0 ? (upMs / (upMs + downMs)) * 100 : 100;
      [upMs, downMs] = [0, 0];
      // If the clock was set back, its new time counts from now on.
      lastMs = nowMs;
      return percent;
    },
  };
}
