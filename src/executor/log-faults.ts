import type { Logger } from '../base/log.ts';

/** More than these are not worth reading. */
const MOST = 3;

/** What went wrong with the output of a task's processes: it never ends the task, but whoever reads how it ended is told. */
export interface LogFaults {
  add(fault: string): void;
  /** The reason of an end, with the faults behind it. */
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
