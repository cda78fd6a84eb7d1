import { readlinkSync } from 'node:fs';
import { kernelFile } from './kernel-file.ts';

/** Identifies a process. A pid alone may be reused; together with the start time it is unique within one boot. */
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
  /** It has ended, but its parent has not collected it yet. */
  readonly zombie: boolean;
  /** Processor time used so far, in ticks (`TICKS_A_SECOND`). */
  readonly userTicks: number;
  readonly systemTicks: number;
}

/** The unit of times in /proc; the same on every Linux. Source: proc(5). */
export const TICKS_A_SECOND = 100;

/** Parses /proc/pid/stat. `fields` are those after the process name, beginning with the state. Source: proc(5). */
export function parseStat(
  pid: number,
  stat: string,
): { readonly entry: ProcessEntry; readonly fields: readonly string[] } {
  // The second field is the name in brackets; it may itself contain brackets and blanks.
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

/** The entry of the process that has this pid now; undefined when there is none. */
export function processEntry(pid: number): ProcessEntry | undefined {
  try {
    return parseStat(pid, kernelFile(`/proc/${pid}/stat`)).entry;
  } catch {
    return undefined;
  }
}

/** The id of the process that has this pid now, zombies included; undefined when there is none. */
export function identify(pid: number): ProcessId | undefined {
  const entry = processEntry(pid);
  return entry && { pid, startTicks: entry.startTicks };
}

/** Whether the process is still running; a zombie is not. */
export function isRunning(id: ProcessId): boolean {
  const entry = processEntry(id.pid);
  return entry !== undefined && entry.startTicks === id.startTicks && !entry.zombie;
}

/**
 * Signals exactly this process, never another one that has taken over its pid.
 * @returns false when it has ended or we may not signal it
 */
export function signalProcess(id: ProcessId, signal: NodeJS.Signals): boolean {
  if (!isRunning(id)) return false;
  try {
    return process.kill(id.pid, signal);
  } catch {
    return false;
  }
}

/** Identifies this boot of the kernel; pids and start times are only meaningful within it. */
export const bootId = (): string => kernelFile('/proc/sys/kernel/random/boot_id').trim();

/**
 * Name of the PID namespace that our process ids belong to; undefined where the kernel does not say.
 * Source: pid_namespaces(7).
 */
export function pidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

let bootSecs: number | undefined;

/** The start of a process in seconds since the epoch. @param startTicks its start in clock ticks since boot. */
export function startedSecs(startTicks: number): number {
  bootSecs ??= Number(/^btime (\d+)/m.exec(kernelFile('/proc/stat'))?.[1] ?? 0);
  return bootSecs + startTicks / TICKS_A_SECOND;
}
