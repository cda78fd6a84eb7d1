import { readdirSync, readFileSync } from 'node:fs';

/** The soft limit of open files of this process; 0 when the system does not say. */
export function maxOpenFiles(): number {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** The number of files that this process has open; 0 when the system does not say. */
export function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

/** Tells a program's children the soft limit of open files that it was started with; see `startedSoftFiles`. */
export const SOFT_FILES_VARIABLE = 'AURORA_SOFT_FILES';

interface FileLimits {
  readonly soft: number;
  readonly hard: number;
}

function fileLimits(pid: number | 'self'): FileLimits | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/limits`, 'latin1');
    const [, soft, hard] = /^Max open files\s+(\d+)\s+(\d+)/m.exec(text) ?? [];
    return soft === undefined ? undefined : { soft: Number(soft), hard: Number(hard) };
  } catch {
    return undefined;
  }
}

/**
 * The soft limit of open files that this program was started with. Node raises the limit to the hard limit before our
 * code runs, so the starter has to pass it on (the executor's first line does, in shell). Without that it is the limit
 * of our parent if that has the same hard limit, else the kernel's default of 1024.
 * @returns undefined when the system does not say, or when the program was started without a limit
 */
export function startedSoftFiles(env: NodeJS.ProcessEnv): number | undefined {
  const told = env[SOFT_FILES_VARIABLE];
  const own = fileLimits('self');
  if (told && /^\d+$/.test(told)) return Number(told);
  if (own === undefined || told === 'unlimited') return undefined;
  const parent = fileLimits(process.ppid);
  if (parent?.hard === own.hard) return parent.soft;
  return Math.min(1024, own.hard);
}
