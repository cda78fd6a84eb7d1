import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuroraError } from '../../../base/errors.ts';

/**
 * Keeps a second scheduler off a data directory. Every process puts down a claim, a file named after itself, and then
 * looks for others: a living one means that the directory is taken. A claim is put down before looking, so of two that
 * start together at least one sees the other; a dead process's claim has a name that no living one can have, so
 * clearing it away never hits the wrong one.
 */
const CLAIM = /^lock-(\d+)-(\d+)-([0-9a-f]+)$/;

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);

/**
 * When the process started, in clock ticks since boot; tells a process from a later one of the same pid. Undefined for
 * one that is dead, a zombie included.
 */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command, in brackets, may hold anything; the fields after it are plain: state is the 3rd of all, start the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** @returns how to let go. @throws AuroraError DATA_DIR_LOCKED when a living process holds the directory. */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const own = `lock-${process.pid}-${startTicks(process.pid)}-${bootId()}`;
  const path = join(directory, own);
  const taken = (pid: number) =>
    new AuroraError('DATA_DIR_LOCKED', `the data directory is in use by process ${pid}`, {
      where: directory,
      next: 'stop that scheduler, or choose another --data-dir',
    });
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? taken(process.pid) : error;
  }
  for (const name of readdirSync(directory)) {
    const claim = CLAIM.exec(name);
    if (!claim || name === own) continue;
    const pid = Number(claim[1]);
    if (claim[3] === bootId() && claim[2] === startTicks(pid)) {
      rmSync(path, { force: true });
      throw taken(pid);
    }
    rmSync(join(directory, name), { force: true });
  }
  return () => rmSync(path, { force: true });
}
