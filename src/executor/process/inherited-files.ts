import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** O_CLOEXEC, in octal as /proc shows it. */
const CLOSE_ON_EXEC = 0o2000000;

function survivesExec(file: number): boolean {
  try {
    const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${file}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    return false;
  }
}

/**
 * Closes the files that this program inherited from its parent, except the standard ones. Node keeps its own files from
 * its children but passes inherited ones on, and a task must not see its agent's files.
 */
export function closeInheritedFiles(): void {
  const files = readdirSync('/proc/self/fd').map(Number);
  for (const file of files.filter((one) => one > 2 && survivesExec(one))) closeSync(file);
}
