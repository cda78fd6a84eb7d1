import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AuroraError } from '../../base/errors.ts';

/** Identifies one run of one executor. */
export interface RunAddress {
  readonly agentId: string;
  readonly frameworkId: string;
  readonly executorId: string;
  readonly containerId: string;
}

/**
 * Checks an id for use as one path segment. Ids come from schedulers, so those that would lead elsewhere are refused.
 * @throws AuroraError MESOS
 */
export function pathSegment(id: string): string {
  if (id === '' || id === '.' || id === '..' || /[/\0]/.test(id))
    throw new AuroraError('MESOS', `"${id}" cannot be used as a directory name`);
  return id;
}

/** Directory of an executor below `root`, which is the work directory or its `meta`. */
export const executorDirectory = (root: string, run: Omit<RunAddress, 'containerId'>): string =>
  join(
    root,
    'slaves',
    pathSegment(run.agentId),
    'frameworks',
    pathSegment(run.frameworkId),
    'executors',
    pathSegment(run.executorId),
  );

/** Directory of one run of an executor below `root`. */
export const runDirectory = (root: string, run: RunAddress): string =>
  join(executorDirectory(root, run), 'runs', pathSegment(run.containerId));

/** Points the link `latest` next to `directory` to it. */
export function markLatest(directory: string): void {
  const link = join(dirname(directory), 'latest');
  rmSync(link, { force: true });
  symlinkSync(basename(directory), link);
}

/** Creates the directory an executor runs in, points `runs/latest` to it, and returns its path. */
export function createSandbox(workDir: string, run: RunAddress): string {
  const directory = runDirectory(workDir, run);
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  markLatest(directory);
  return directory;
}
