import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuroraError } from '../../../base/errors.ts';
import { bootId, processEntry } from '../../../proc/process-id.ts';

/**
 * Keeps a second scheduler off a data directory. Every process puts down a claim, a file named after itself, and then
 * looks for others: a living one means that the directory is taken. A claim is put down before looking, so of two that
 * start together at least one sees the other; a dead process's claim has a name that no living one can have, so
 * clearing it away never hits the wrong one.
 */
const CLAIM = /^lock-(\d+)-(\d+)-([0-9a-f]+)$/;

const shortBootId = (): string => bootId().slice(0, 8);

/**
 * When the process started, in clock ticks since boot; tells a process from a later one of the same pid. Undefined for
 * one that is dead, a zombie included.
 */
function startTicks(pid: number): string | undefined {
  const entry = processEntry(pid);
  return entry && !entry.zombie ? String(entry.startTicks) : undefined;
}

/** @returns how to let go. @throws AuroraError DATA_DIR_LOCKED when a living process holds the directory. */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const own = `lock-${process.pid}-${startTicks(process.pid)}-${shortBootId()}`;
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
    if (claim[3] === shortBootId() && claim[2] === startTicks(pid)) {
      rmSync(path, { force: true });
      throw taken(pid);
    }
    rmSync(join(directory, name), { force: true });
  }
  return () => rmSync(path, { force: true });
}
