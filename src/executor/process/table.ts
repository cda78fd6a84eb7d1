import { readdirSync, readFileSync } from 'node:fs';

/** A process of the machine. The id alone may be taken over by another one; with the start time it is unmistakable. */
export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since boot. */
  readonly startTicks: number;
}

export interface ProcessEntry extends ProcessId {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Ended, and only waiting for its parent to take note. */
  readonly zombie: boolean;
}

/** The entry of one process; undefined when there is none. Source: proc(5), /proc/pid/stat. */
export function processEntry(pid: number): ProcessEntry | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The second field is a name in brackets that may hold anything, brackets and blanks included.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    pid,
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    startTicks: Number(fields[19]),
  };
}

/** Every process that can be seen. Those that end while it is read may be missing. */
export function processTable(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processEntry(Number(name)))
    .filter((entry) => entry !== undefined);
}

/** True when the process was started with this variable at this value; false also when it may not be looked at. */
export function startedWith(pid: number, variable: string, value: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(`\0${variable}=${value}\0`);
  } catch {
    return false;
  }
}
