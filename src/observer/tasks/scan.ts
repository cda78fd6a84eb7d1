/**
 * Finds the tasks below a Mesos work directory. A further scan costs one stat per directory: directories that have not
 * changed since they were listed are not listed again.
 */
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

export type TaskPhase = 'active' | 'finished';

/** A task as the place of its file describes it. */
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

/** A listing made sooner after a change is not trusted: one more change may leave the same modification time. */
const SETTLED_MS = 2_000;

export interface TaskScan {
  /** All tasks that there are now. Directories that cannot be read count as empty. */
  scan(): ScannedTask[];
}

/** @param nowMs wall clock, compared with the modification times of directories */
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

  /** The directories one level down. `runs/latest` is a link to another run, so it is left out. */
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
