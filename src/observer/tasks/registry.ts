import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { runnerFile, taskFile } from '../../api/checkpoints/index.ts';
import { openFileInside } from '../files/inside.ts';
import { type CheckpointFile, checkpointFile } from './checkpoint-file.ts';
import { goneSince } from './life.ts';
import { changedMs, type ScannedTask, type TaskPhase } from './scan.ts';

/** A task whose files are on this machine. */
export interface ObservedTask {
  readonly taskId: string;
  readonly root: string;
  /** The directory that its file is in; but a task whose executor is gone counts as finished in any case. */
  readonly phase: TaskPhase;
  /** When the task started or ended: the last change of its file, or the end of its executor if only that is known. */
  readonly changedMs: number;
  readonly checkpoint: CheckpointFile;
  /** Looks whether the executor is gone, and returns since when, in milliseconds since the epoch. */
  goneMs(): number | undefined;
  /** The task's configuration as parsed JSON; undefined when its file cannot be read. */
  config(): unknown;
}

/** A task that was here until a look no longer found it. */
export interface GoneTask {
  /** The phase it was last seen in. */
  readonly phase: TaskPhase;
  /** When a look no longer found it. */
  readonly goneMs: number;
}

/** How many tasks that are gone are remembered; the oldest are forgotten first. */
const REMEMBERED = 1_000;

/** Called for changes between two looks. Source: the original's detector. */
export interface TaskEvents {
  active(task: ObservedTask): void;
  finished(task: ObservedTask): void;
  removed(taskId: string): void;
}

export interface TaskRegistry {
  /** Takes the result of a look and reports every change since the last one. */
  update(found: readonly ScannedTask[]): void;
  get(taskId: string): ObservedTask | undefined;
  /** What is known of a task that is not here any more. */
  gone(taskId: string): GoneTask | undefined;
  /** All tasks, or those in one phase; latest change first. */
  all(phase?: TaskPhase): readonly ObservedTask[];
  count(): { readonly active: number; readonly finished: number; readonly all: number };
}

/** Task files are small; a larger file is not read. */
const LONGEST_CONFIG = 16 * 2 ** 20;

/** Reads a file only if it really is in the run directory, where the task's user could put links to other files. */
function readConfig(runDirectory: string, path: string): unknown {
  const opened = openFileInside(runDirectory, path);
  if (!opened) return undefined;
  try {
    return opened.stats.size > LONGEST_CONFIG ? undefined : JSON.parse(readFileSync(opened.file, 'utf8'));
  } catch {
    return undefined;
  } finally {
    opened.close();
  }
}

interface Place {
  /** The agent's work_dir. */
  readonly mesosRoot: string;
  readonly nowMs: () => number;
}

/** Makes the check for a task's executor. Once found gone it is not looked for again: executors do not come back. */
function watchExecutor(root: string, checkpoint: CheckpointFile, { mesosRoot, nowMs }: Place) {
  const agentRecords = join(mesosRoot, 'meta', relative(mesosRoot, dirname(root)));
  let goneMs: number | undefined;
  return () => {
    if (checkpoint.state().header === undefined) checkpoint.refresh();
    goneMs ??= goneSince(checkpoint.state(), agentRecords, nowMs());
    return goneMs;
  };
}

function observed(
  { root, taskId, phase }: ScannedTask,
  checkpoint: CheckpointFile,
  goneMs: ObservedTask['goneMs'],
): ObservedTask {
  const [runDirectory, path] = [dirname(root), taskFile(root, phase, taskId)];
  const endedMs = phase === 'active' ? goneMs() : undefined;
  return {
    taskId,
    root,
    phase: endedMs === undefined ? phase : 'finished',
    changedMs: endedMs ?? changedMs(path),
    checkpoint,
    goneMs,
    config: () => readConfig(runDirectory, relative(runDirectory, path)),
  };
}

const follow = ({ root, taskId }: ScannedTask): CheckpointFile => {
  const runDirectory = dirname(root);
  return checkpointFile(runDirectory, relative(runDirectory, runnerFile(root, taskId)));
};

/** Holds the tasks of the last look. Their configuration is read from the disk each time it is asked for. */
export function taskRegistry(events: TaskEvents, place: Place): TaskRegistry {
  const { nowMs } = place;
  const tasks = new Map<string, ObservedTask>();
  /** The directory that each task's file was in at the last look. */
  const filed = new Map<string, TaskPhase>();
  const gone = new Map<string, GoneTask>();
  let sorted: readonly ObservedTask[] | undefined;

  const put = (found: ScannedTask, before: ObservedTask | undefined) => {
    const same = before?.root === found.root;
    const checkpoint = same ? before.checkpoint : follow(found);
    const goneMs = same ? before.goneMs : watchExecutor(found.root, checkpoint, place);
    const task = observed(found, checkpoint, goneMs);
    tasks.set(task.taskId, task);
    filed.set(task.taskId, found.phase);
    gone.delete(task.taskId);
    return task;
  };
  const remember = (taskId: string, phase: TaskPhase) => {
    gone.set(taskId, { phase, goneMs: nowMs() });
    for (const oldest of gone.keys()) {
      if (gone.size <= REMEMBERED) break;
      gone.delete(oldest);
    }
  };
  const removed = (taskId: string) => {
    tasks.delete(taskId);
    filed.delete(taskId);
    events.removed(taskId);
  };

  return {
    update(found) {
      const seen = new Set(found.map(({ taskId }) => taskId));
      for (const [taskId, { phase }] of tasks) {
        if (seen.has(taskId)) continue;
        if (phase === 'active') events.finished(tasks.get(taskId) as ObservedTask);
        removed(taskId);
        remember(taskId, phase);
        sorted = undefined;
      }
      for (const one of found) {
        const before = tasks.get(one.taskId);
        const isSame = before?.root === one.root && filed.get(one.taskId) === one.phase;
        if (isSame && (before.phase === 'finished' || before.goneMs() === undefined)) continue;
        sorted = undefined;
        // A finished task becomes active again when its file was moved back by hand or copied from another machine.
        const isBack = before?.phase === 'finished' && one.phase === 'active';
        if (isBack) removed(one.taskId);
        const task = put(one, before);
        if (!before || isBack) events.active(task);
        if (task.phase === 'finished' && before?.phase !== 'finished') events.finished(task);
      }
    },
    get: (taskId) => tasks.get(taskId),
    gone: (taskId) => gone.get(taskId),
    all(phase) {
      sorted ??= [...tasks.values()].sort(
        (a, b) => b.changedMs - a.changedMs || a.taskId.localeCompare(b.taskId),
      );
      return phase ? sorted.filter((task) => task.phase === phase) : sorted;
    },
    count() {
      const active = [...tasks.values()].filter(({ phase }) => phase === 'active').length;
      return { active, finished: tasks.size - active, all: tasks.size };
    },
  };
}
