import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** O_CLOEXEC as /proc shows it, octal. */
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
 * Closes the files that whoever started this program left open for it, standard ones excepted. Node opens its own so
 * that children do not get them, but passes on what it was given, and a task must not see its agent's files.
 */
export function closeInheritedFiles(): void {
  const files = readdirSync('/proc/self/fd').map(Number);
  for (const file of files.filter((one) => one > 2 && survivesExec(one))) closeSync(file);
}
