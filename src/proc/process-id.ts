import { readFileSync, readlinkSync } from 'node:fs';

/** A process of the machine. The number alone may be taken over by another one; with the start time it is unmistakable. */
export interface ProcessId {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process. Source: proc(5), stat field 22. */
  readonly startTicks: number;
}

/** What /proc says about one process. */
export interface ProcessEntry extends ProcessId {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Ended, and only waiting for its parent to take note. */
  readonly zombie: boolean;
  /** Processor time used so far, in ticks of which there are `TICKS_A_SECOND`. */
  readonly userTicks: number;
  readonly systemTicks: number;
}

/** Source: proc(5); the kernel's interface has the same number on all of Linux. */
export const TICKS_A_SECOND = 100;

/** Reads a line of /proc/pid/stat; `fields` are those after the name, the state first. Source: proc(5). */
export function parseStat(
  pid: number,
  stat: string,
): { readonly entry: ProcessEntry; readonly fields: readonly string[] } {
  // The second field is a name in brackets that may hold anything, brackets and blanks included.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const entry = {
    pid,
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    userTicks: Number(fields[11]),
    systemTicks: Number(fields[12]),
    startTicks: Number(fields[19]),
  };
  return { entry, fields };
}

/** The entry of the process that has this number now; undefined when there is none. */
export function processEntry(pid: number): ProcessEntry | undefined {
  try {
    return parseStat(pid, readFileSync(`/proc/${pid}/stat`, 'latin1')).entry;
  } catch {
    return undefined;
  }
}

/** The process that has this number now, zombies included; undefined when there is none. */
export function identify(pid: number): ProcessId | undefined {
  const entry = processEntry(pid);
  return entry && { pid, startTicks: entry.startTicks };
}

/** Whether it still runs; a zombie does not. */
export function isRunning(id: ProcessId): boolean {
  const entry = processEntry(id.pid);
  return entry !== undefined && entry.startTicks === id.startTicks && !entry.zombie;
}

/**
 * Signals this very process, not one that has got its number since.
 * @returns false when it is gone, or not ours to signal.
 */
export function signalProcess(id: ProcessId, signal: NodeJS.Signals): boolean {
  if (!isRunning(id)) return false;
  try {
    return process.kill(id.pid, signal);
  } catch {
    return false;
  }
}

/** Names this boot of the kernel; process numbers and start times mean nothing beyond it. */
export const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();

/** Names the namespace that our process numbers count in; undefined where the kernel does not tell. Source: pid_namespaces(7). */
export function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

let bootSecs: number | undefined;

/** Seconds since the epoch, from the start of a process as the kernel counts it. */
export function startedSecs(startTicks: number): number {
  bootSecs ??= Number(/^btime (\d+)/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1] ?? 0);
  return bootSecs + startTicks / TICKS_A_SECOND;
}
