import { readdirSync, readFileSync } from 'node:fs';

/** The soft limit of open files of this process; 0 when the system does not tell. */
export function maxOpenFiles(): number {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Files that this process has open; 0 when the system does not tell. */
export function openFiles(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

/** Hands the soft limit of open files from a program's start to what it starts; see `startedSoftFiles`. */
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
 * The soft limit of open files that this program was started with. Node raises its own to the hard limit before any of
 * our code runs, so somebody must have told (the executor's first line does, in shell); else it is that of our parent
 * if it has the same hard limit, and 1024, the kernel's default, if not.
 * @returns undefined when the system does not tell, or Node has raised nothing
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
