import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { runnerFile, taskFile } from '../../api/checkpoints/index.ts';
import { openFileInside } from '../files/inside.ts';
import { type CheckpointFile, checkpointFile } from './checkpoint-file.ts';
import { changedMs, type ScannedTask, type TaskPhase } from './scan.ts';

/** A task that lies on this machine. */
export interface ObservedTask {
  readonly taskId: string;
  readonly root: string;
  readonly phase: TaskPhase;
  /** When its file was last changed: its start, or its end. */
  readonly changedMs: number;
  readonly checkpoint: CheckpointFile;
  /** What it was asked to run, as parsed JSON; undefined when the file cannot be read. */
  config(): unknown;
}

/** A task that lay here until a look did not find it any more. */
export interface GoneTask {
  /** Of its last look. */
  readonly phase: TaskPhase;
  /** When a look missed it. */
  readonly goneMs: number;
}

/** As many that are gone are remembered, the latest. */
const REMEMBERED = 1_000;

/** What becomes of tasks between two looks. Source: the original's detector. */
export interface TaskEvents {
  active(task: ObservedTask): void;
  finished(task: ObservedTask): void;
  removed(taskId: string): void;
}

export interface TaskRegistry {
  /** Takes what a look has found; tells of every change since the last one. */
  update(found: readonly ScannedTask[]): void;
  get(taskId: string): ObservedTask | undefined;
  /** What is known of a task that is not here any more. */
  gone(taskId: string): GoneTask | undefined;
  /** Latest change first. */
  all(phase?: TaskPhase): readonly ObservedTask[];
  count(): { readonly active: number; readonly finished: number; readonly all: number };
}

/** Task files are small; a longer one is none. */
const LONGEST_CONFIG = 16 * 2 ** 20;

/** The task's user owns the run directory and could put links there, which the observer, as root, would follow. */
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

function observed({ root, taskId, phase }: ScannedTask, checkpoint: CheckpointFile): ObservedTask {
  const [runDirectory, path] = [dirname(root), taskFile(root, phase, taskId)];
  return {
    taskId,
    root,
    phase,
    changedMs: changedMs(path),
    checkpoint,
    config: () => readConfig(runDirectory, relative(runDirectory, path)),
  };
}

const follow = ({ root, taskId }: ScannedTask): CheckpointFile => {
  const runDirectory = dirname(root);
  return checkpointFile(runDirectory, relative(runDirectory, runnerFile(root, taskId)));
};

/** Knows the tasks of the last look; their configuration is read from the disk when it is asked for. */
export function taskRegistry(events: TaskEvents, nowMs: () => number): TaskRegistry {
  const tasks = new Map<string, ObservedTask>();
  const gone = new Map<string, GoneTask>();
  let sorted: readonly ObservedTask[] | undefined;

  const put = (found: ScannedTask, before: ObservedTask | undefined) => {
    const same = before?.root === found.root;
    const checkpoint = same ? before.checkpoint : follow(found);
    const task = observed(found, checkpoint);
    tasks.set(task.taskId, task);
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
        if (before?.phase === one.phase && before.root === one.root) continue;
        sorted = undefined;
        // A task that is active again was put back by hand, or another machine's state was copied here.
        if (before?.phase === 'finished') removed(one.taskId);
        const task = put(one, before);
        if (before?.phase !== 'active') events.active(task);
        if (one.phase === 'finished') events.finished(task);
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
