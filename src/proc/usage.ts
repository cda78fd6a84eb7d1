import { kernelFile } from './kernel-file.ts';
import { type ProcessId, processEntry, TICKS_A_SECOND } from './process-id.ts';

/** What a set of processes has used so far and occupies now. */
export interface ProcessUsage {
  readonly userSecs: number;
  readonly systemSecs: number;
  readonly rssBytes: number;
}

function rssKb(pid: number): number {
  try {
    return Number(/^VmRSS:\s*(\d+)/m.exec(kernelFile(`/proc/${pid}/status`))?.[1] ?? 0);
  } catch {
    return 0; // It ended.
  }
}

/** The sum over the processes; those that have ended are left out. */
export function usageOf(processes: readonly ProcessId[]): ProcessUsage {
  let [userTicks, systemTicks, kilobytes] = [0, 0, 0];
  for (const { pid, startTicks } of processes) {
    const entry = processEntry(pid);
    if (entry?.startTicks !== startTicks) continue;
    userTicks += entry.userTicks;
    systemTicks += entry.systemTicks;
    kilobytes += rssKb(pid);
  }
  return {
    userSecs: userTicks / TICKS_A_SECOND,
    systemSecs: systemTicks / TICKS_A_SECOND,
    rssBytes: kilobytes * 1024,
  };
}
