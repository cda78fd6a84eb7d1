import { readdirSync } from 'node:fs';
import { kernelFile } from './kernel-file.ts';
import { type ProcessEntry, parseStat, processEntry } from './process-id.ts';

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

/** The flag of threads of the kernel, which have no environment. Source: PF_KTHREAD in linux/sched.h. */
const KERNEL_THREAD = 0x0020_0000;
/** How often an environment is read that was empty at first and then was there: a process may replace its program again. */
const READS = 3;

/** What /proc/pid/stat says about the environment of a process. Fields 9, 50 and 51, see proc(5). */
function environmentPlace(pid: number): 'none' | 'not yet' | 'some' {
  const { entry, fields } = parseStat(pid, kernelFile(`/proc/${pid}/stat`));
  const [start, end] = [fields[47], fields[48]];
  if (entry.zombie || (Number(fields[6]) & KERNEL_THREAD) !== 0) return 'none';
  if (start === '0') return 'not yet';
  return start === end ? 'none' : 'some';
}

/**
 * The environment that a process was started with, as `NAME=value`; empty when it has ended or may not be read. Undefined
 * while the process is replacing its program: until the new one is loaded, which takes as long as the disk and the load of
 * the machine want, the kernel shows no environment, and whoever wants to know must look again.
 */
export function environmentOf(pid: number): readonly string[] | undefined {
  try {
    for (let read = 0; read < READS; read++) {
      const bytes = kernelFile(`/proc/${pid}/environ`);
      if (bytes !== '') return Buffer.from(bytes, 'latin1').toString('utf8').split('\0');
      const place = environmentPlace(pid);
      if (place !== 'some') return place === 'none' ? [] : undefined;
    }
    return undefined;
  } catch {
    return [];
  }
}

/**
 * Whether the process was started with this variable at this value; false when its environment may not be read, undefined
 * when it must be looked at again, see `environmentOf`.
 */
export const startedWith = (pid: number, variable: string, value: string): boolean | undefined =>
  environmentOf(pid)?.includes(`${variable}=${value}`);
