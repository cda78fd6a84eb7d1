/**
 * Which tasks lie below a Mesos work directory. Looking again costs a stat for each directory, not a listing: what has
 * not been touched since it was listed is not listed again.
 */
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

export type TaskPhase = 'active' | 'finished';

/** A task as its file tells of it. */
export interface ScannedTask {
  /** Checkpoint root: `<run directory>/checkpoints`. */
  readonly root: string;
  readonly taskId: string;
  readonly phase: TaskPhase;
}

/** The run directory's name, which is the id of the Mesos container. */
export const containerOf = (root: string): string => basename(dirname(root));

interface Listing {
  readonly names: readonly string[];
  readonly mtimeMs: number;
  readonly listedMs: number;
}

/** A change in the same tick of the file system's clock as the listing would not show in the time of change. */
const SETTLED_MS = 2_000;

export interface TaskScan {
  /** Every task there is now. Directories that cannot be read hold none. */
  scan(): ScannedTask[];
}

/** @param nowMs wall time, which the times of directories are compared with */
export function taskScan(mesosRoot: string, nowMs: () => number): TaskScan {
  let known = new Map<string, Listing>();
  let next = new Map<string, Listing>();

  const list = (directory: string, kind: 'directories' | 'files'): readonly string[] => {
    try {
      const { mtimeMs } = statSync(directory);
      const before = known.get(directory);
      if (before && before.mtimeMs === mtimeMs && before.listedMs - mtimeMs > SETTLED_MS) {
        next.set(directory, before);
        return before.names;
      }
      const names = readdirSync(directory, { withFileTypes: true })
        .filter((entry) => (kind === 'files' ? entry.isFile() : entry.isDirectory()))
        .map(({ name }) => name);
      next.set(directory, { names, mtimeMs, listedMs: nowMs() });
      return names;
    } catch {
      return [];
    }
  };

  /** `runs/latest` is a link to one of the others and no directory of its own. */
  const below = (directories: readonly string[], name = ''): string[] =>
    directories.flatMap((directory) => {
      const parent = name === '' ? directory : `${directory}/${name}`;
      return list(parent, 'directories').map((child) => `${parent}/${child}`);
    });

  return {
    scan() {
      next = new Map();
      const runs = ['frameworks', 'executors', 'runs'].reduce<string[]>(
        (found, name) => below(found, name),
        below([`${mesosRoot}/slaves`]),
      );
      const found = runs.flatMap((run) => {
        const root = `${run}/checkpoints`;
        const finished = list(`${root}/tasks/finished`, 'files');
        const active = list(`${root}/tasks/active`, 'files').filter((taskId) => !finished.includes(taskId));
        return [
          ...active.map((taskId) => ({ root, taskId, phase: 'active' as const })),
          ...finished.map((taskId) => ({ root, taskId, phase: 'finished' as const })),
        ];
      });
      known = next;
      return found;
    },
  };
}

/** When a file was last changed, milliseconds; 0 when it is gone. */
export function changedMs(path: string): number {
  try {
    return lstatSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
