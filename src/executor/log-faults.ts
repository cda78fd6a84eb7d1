import type { Logger } from '../base/log.ts';

/** How many faults are told in full; if there are more, the text only says so. */
const MOST = 3;

/** Collects faults in keeping processes' output. They never end the task, but the reason of its end mentions them. */
export interface LogFaults {
  add(fault: string): void;
  /** The reason of a task's end, followed by the faults. */
  told(reason: string): string;
}

export function logFaults(log: Logger): LogFaults {
  const faults = new Set<string>();
  return {
    add(fault) {
      log.warn({}, fault);
      if (faults.size <= MOST) faults.add(fault);
    },
    told(reason) {
      const all = [...faults];
      const more = all.length > MOST ? ['and more'] : [];
      return [reason, ...all.slice(0, MOST), ...more].join('; ');
    },
  };
}
