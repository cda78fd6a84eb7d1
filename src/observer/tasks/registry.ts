import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { runnerFile, taskFile } from '../../api/checkpoints/index.ts';
import { openFileInside } from '../files/inside.ts';
import { type CheckpointFile, checkpointFile } from './checkpoint-file.ts';
import { goneSince } from './life.ts';
import { changedMs, type ScannedTask, type TaskPhase } from './scan.ts';

/** A task that lies on this machine. */
export interface ObservedTask {
  readonly taskId: string;
  readonly root: string;
  /** Where its file lies; but a task whose executor is gone has finished, wherever that was left. */
  readonly phase: TaskPhase;
  /** When its file was last changed: its start, or its end. */
  readonly changedMs: number;
  readonly checkpoint: CheckpointFile;
  /** Since when its executor is known to be gone, milliseconds since the epoch; looks. */
  goneMs(): number | undefined;
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

interface Place {
  /** The agent's work_dir. */
  readonly mesosRoot: string;
  readonly nowMs: () => number;
}

/** Remembers what it once saw: an executor does not come back. */
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

/** Knows the tasks of the last look; their configuration is read from the disk when it is asked for. */
export function taskRegistry(events: TaskEvents, place: Place): TaskRegistry {
  const { nowMs } = place;
  const tasks = new Map<string, ObservedTask>();
  /** Where the file of each lay at the last look. */
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
        // A task that is active again was put back by hand, or another machine's state was copied here.
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
