import { readdirSync, readFileSync } from 'node:fs';
import { type ProcessEntry, processEntry } from './process-id.ts';

/**
 * Every visible process; processes that end during the call may be missing. Reads a file for every process of the
 * machine, so use it only where nothing narrower will do.
 */
export function processTable(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processEntry(Number(name)))
    .filter((entry) => entry !== undefined);
}

/** The environment that a process was started with, as `NAME=value`; empty when it has ended or may not be read. */
export function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Whether the process was started with this variable at this value; false when its environment may not be read. */
export const startedWith = (pid: number, variable: string, value: string): boolean =>
  environmentOf(pid).includes(`${variable}=${value}`);
