import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { AuroraError, messageOf } from '../base/errors.ts';
import { isRunning, type ProcessId } from '../proc/process-id.ts';
import { replaceFile } from '../proc/replace-file.ts';

/** The record that a cluster process writes when it is ready. */
export interface ClusterRecord extends ProcessId {
  /** `host:port` of the master. */
  readonly master: string;
}

/** The files of a data directory's cluster. */
export interface ClusterFiles {
  readonly dir: string;
  /** Sandboxes and checkpoints of the agents, and the master's registry. */
  readonly workDir: string;
  /** stdout and stderr of the cluster process. */
  readonly log: string;
  readonly record: string;
}

export function clusterFiles(dataDir: string): ClusterFiles {
  const dir = join(dataDir, 'cluster');
  return {
    dir,
    workDir: join(dir, 'work'),
    log: join(dir, 'cluster.log'),
    record: join(dir, 'cluster.json'),
  };
}

/**
 * Creates the directory.
 * @throws AuroraError STORAGE
 */
export function prepareFiles({ dir }: ClusterFiles): void {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    throw new AuroraError('STORAGE', `the embedded cluster cannot use its directory: ${messageOf(error)}`, {
      where: dir,
      next: 'choose a data directory that can be written',
      cause: error,
    });
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The living cluster process of these files; undefined when there is none. */
export function findRecord(files: ClusterFiles): ClusterRecord | undefined {
  const record = readJson(files.record) as Partial<ClusterRecord> | undefined;
  const isWhole = record?.pid !== undefined && record.startTicks !== undefined && record.master !== undefined;
  return isWhole && isRunning(record as ClusterRecord) ? (record as ClusterRecord) : undefined;
}

/** Publishes the record of this process; replaces the file atomically. */
export function writeRecord(files: ClusterFiles, record: ClusterRecord): void {
  replaceFile(files.record, JSON.stringify(record));
}

/**
 * Takes the lock of these files for this process until it ends. It is an abstract socket, which has a name but no file:
 * the kernel gives it to one process and releases it however that process ends.
 * @returns false when another living process holds it
 */
export async function takeLock({ dir }: ClusterFiles): Promise<boolean> {
  const place = createHash('sha256').update(realpathSync(dir)).digest('hex');
  const lock = createServer().listen({ path: `\0aurora-cluster-${place}` });
  try {
    await once(lock, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
  lock.unref();
  return true;
}

/** Removes the record of a running cluster. */
export function clearFiles(files: ClusterFiles): void {
  rmSync(files.record, { force: true });
}
