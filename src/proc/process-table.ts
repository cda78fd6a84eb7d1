import { readdirSync, readFileSync } from 'node:fs';
import { type ProcessEntry, processEntry } from './process-id.ts';

/**
 * Every process that can be seen; those that end while it is read may be missing. Costs a read for each process of the
 * machine, whoever owns it: to be used where nothing narrower will do.
 */
export function processTable(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processEntry(Number(name)))
    .filter((entry) => entry !== undefined);
}

/** What a process was started with, `NAME=value` each; empty when it ended or may not be looked at. */
export function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** True when the process was started with this variable at this value; false also when it may not be looked at. */
export const startedWith = (pid: number, variable: string, value: string): boolean =>
  environmentOf(pid).includes(`${variable}=${value}`);
