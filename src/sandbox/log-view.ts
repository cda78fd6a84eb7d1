/**
 * Follows the logs of a job's tasks, or of given tasks, and reports everything as events. Nothing is buffered for a
 * slow reader: a file is not read on while its `emit` waits. New tasks are picked up as they appear, whether they are
 * new instances or replace tasks that ended.
 */
import { setMaxListeners } from 'node:events';
import type { LogRequest, LogResume } from '../api/views/log-event.ts';
import { followTask } from './follow-task.ts';
import type { LogViewSettings, ViewedTask } from './log-view-settings.ts';
import { turnstile } from './turnstile.ts';

/** How many reads may be under way at once. */
const MOST_READS = 16;

/** Whether a request means this instance. */
export function isMeant({ exclude, instances, part }: LogRequest, instance: number): boolean {
  return (
    (!instances || instances.includes(instance)) &&
    !exclude?.includes(instance) &&
    (!part || instance % part.of === part.rest)
  );
}

/**
 * The tasks that a view begins with, oldest first. `which` selects the live ones, all ended ones, or the last ended one
 * of each instance; a request for given tasks gets them all.
 */
export function firstTasks(
  { resume, tasks: ids, which = 'live' }: LogRequest,
  tasks: readonly ViewedTask[],
): readonly ViewedTask[] {
  const sorted = [...tasks].sort((a, b) => a.bornMs - b.bornMs);
  if (ids) return sorted;
  const ended = sorted.filter(({ isEnded, place }) => isEnded && place !== undefined);
  if (resume && which === 'live') return goneOnWith(resume, sorted);
  if (which === 'live') return sorted.filter(({ isEnded }) => !isEnded);
  if (which === 'dead') return ended;
  return [...new Map(ended.map((task) => [task.instance, task])).values()];
}

/**
 * For a reader that resumes: tasks it has not read to the end, live ones, and those that ended since its view began,
 * even if the connection was cut before it was told of them.
 */
function goneOnWith(
  { closed, fromMs, tasks: known }: LogResume,
  tasks: readonly ViewedTask[],
): readonly ViewedTask[] {
  const over = new Set(closed);
  return tasks.filter(
    ({ atMs, isEnded, place, taskId }) =>
      !over.has(taskId) &&
      (!isEnded || known[taskId] !== undefined || (atMs >= fromMs && place !== undefined)),
  );
}

/** Resolves when nothing more can come; rejects when `signal` fires or `emit` fails. */
export async function followLogs(settings: LogViewSettings): Promise<void> {
  const { clock, emit, feed, mostInstances, request, signal } = settings;
  const { follow = false, resume } = request;
  const broken = new AbortController();
  const all = AbortSignal.any([signal, broken.signal]);
  // Every file adds a listener, so Node must not warn of a leak.
  setMaxListeners(0, all);
  const gate = turnstile(MOST_READS);
  const known = new Map<string, { task: ViewedTask; readonly work: Promise<void>; done: boolean }>();
  const closed = new Set(resume?.closed);
  const skipped = new Set<string>();
  const fromMs = resume?.fromMs ?? clock.nowMs();
  let sources = 0;
  let begun = 0;
  let failure: unknown;
  let left = '';

  const tellState = ({ atMs, instance, message, place, ranMs, status, taskId }: ViewedTask) =>
    emit({ kind: 'state', task: taskId, instance, status, host: place?.host, message, atMs, ranMs });

  const begin = async (task: ViewedTask, isFirst: boolean) => {
    const { host } = task.place ?? {};
    const wasKnown = resume?.tasks[task.taskId];
    // The first tasks of a view are not late, even if the connection was cut before the reader was told of them.
    const late = wasKnown ?? (!isFirst || (resume !== undefined && task.bornMs > fromMs));
    const { instance, status, taskId } = task;
    const told = resume?.states?.[taskId];
    if (wasKnown === undefined)
      await emit({ kind: 'task', task: taskId, instance, status, host, late, fromMs });
    else if (told !== undefined && told !== status) await tellState(task);
    const entry = { task, done: false, work: Promise.resolve() };
    const work = followTask({
      ...settings,
      signal: all,
      gate,
      late,
      current: () => entry.task,
      nextSource: () => sources++,
    }).then(
      () => {
        entry.done = true;
      },
      (error) => {
        entry.done = true;
        failure ??= error;
        broken.abort(error);
      },
    );
    begun++;
    known.set(task.taskId, Object.assign(entry, { work }));
  };

  const look = async (isFirst: boolean) => {
    const tasks = (await feed.tasks()).filter(({ instance }) => isMeant(request, instance));
    const candidates = isFirst
      ? firstTasks(request, tasks)
      : tasks.filter(({ taskId }) => !known.has(taskId) && !closed.has(taskId));
    for (const task of tasks) {
      const entry = known.get(task.taskId);
      if (!entry || (entry.task.status === task.status && entry.task.place?.host === task.place?.host))
        continue;
      entry.task = task;
      await tellState(task);
    }
    if (isFirst) {
      const meant = new Set(candidates);
      // Tasks that ended before the view began must not be taken for new ones later.
      for (const task of tasks) if (!meant.has(task) && task.isEnded) skipped.add(task.taskId);
    }
    const shown = new Set([...known.values()].filter(({ done }) => !done).map(({ task }) => task.instance));
    const leftOut = new Set<number>();
    for (const task of candidates) {
      if (skipped.has(task.taskId) || closed.has(task.taskId)) continue;
      if (shown.size >= mostInstances && !shown.has(task.instance)) {
        leftOut.add(task.instance);
        continue;
      }
      shown.add(task.instance);
      await begin(task, isFirst);
    }
    const instances = [...leftOut].sort((a, b) => a - b);
    if (instances.join() !== left && instances.length > 0) await emit({ kind: 'left', instances });
    left = instances.join();
    const there = new Set(tasks.map(({ taskId }) => taskId));
    for (const [taskId, { done }] of known) if (done && !there.has(taskId)) known.delete(taskId);
    return tasks;
  };

  try {
    let tasks = await look(true);
    const isOver = () => [...known.values()].every(({ done }) => done);
    if (!follow || (request.which ?? 'live') !== 'live') {
      // Without following new tasks, wait until each of the first ones has been read.
      await Promise.all([...known.values()].map(({ work }) => work));
    } else {
      for (;;) {
        if (isOver() && tasks.every(({ isEnded, isService }) => isEnded && !isService)) break;
        await feed.change(all);
        tasks = await look(false);
      }
    }
    if (failure !== undefined) throw failure;
    await emit({ kind: 'over', tasks: begun });
  } catch (error) {
    broken.abort(error);
    await Promise.all([...known.values()].map(({ work }) => work));
    throw failure ?? error;
  }
}
