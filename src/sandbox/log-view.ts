/**
 * Follows the logs of a job's tasks, or of given tasks, and reports everything as events. Nothing is buffered for a
 * slow reader: a file is not read on while its `emit` waits. New tasks are picked up as they appear, whether they are
 * new instances or replace tasks that ended.
 */
import { setMaxListeners } from 'node:events';
import type { LogEvent, LogFileName, LogOffset, LogRequest, LogResume } from '../api/views/log-event.ts';
import { logFileKey } from '../api/views/log-event.ts';
import { type Clock, sleep } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { pauses } from '../base/pauses.ts';
import type { Random } from '../base/random.ts';
import {
  FILE_START,
  type LogFileFollower,
  logFileFollower,
  type ReadPart,
  tailPosition,
} from './log-file.ts';
import type { RemoteTask } from './remote-task.ts';
import type { ProcessRuns, SandboxReader } from './sandbox-reader.ts';
import { turnstile } from './turnstile.ts';

/** A task in a view. */
export interface ViewedTask {
  readonly taskId: string;
  readonly instance: number;
  readonly status: string;
  readonly isEnded: boolean;
  /** When it last changed. */
  readonly atMs: number;
  /** When it was created. */
  readonly bornMs: number;
  /** How long it ran, once it is over. */
  readonly ranMs?: number | undefined;
  readonly message?: string | undefined;
  readonly isService: boolean;
  /** The agent and executor that run it; undefined until it is assigned. */
  readonly place: RemoteTask | undefined;
}

/** Gives a view its tasks. */
export interface TaskFeed {
  /** All tasks that the request may mean, including ended ones. */
  tasks(): Promise<readonly ViewedTask[]>;
  /** Resolves when there may be something new, after some time in any case. */
  change(signal: AbortSignal): Promise<void>;
}

export interface LogViewSettings {
  readonly request: LogRequest;
  readonly feed: TaskFeed;
  readonly sandboxes: Pick<SandboxReader, 'processes' | 'read'>;
  /** How many instances may be followed at once. */
  readonly mostInstances: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the view; `followLogs` then rejects with its reason. */
  readonly signal: AbortSignal;
  /** Hands an event to the reader; resolves when there is room for more. */
  emit(event: LogEvent): Promise<void>;
}

/** How many reads may be under way at once. */
const MOST_READS = 16;
/** Time between two looks at a file that grows, and at one that has been quiet. */
const BUSY_MS = 400;
const QUIET_MS = 1_500;
/** Time between two looks for processes and runs of a task. */
const RUNS_MS = 2_000;
const RETRY = { initialMs: 500, maxMs: 15_000 };
/** How many attempts to read the files of an ended task may fail before they are given up. */
const TRIES_OF_ENDED = 4;

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

/** For a reader that resumes: live tasks, tasks it has not read to the end, and tasks that came and went meanwhile. */
function goneOnWith(
  { closed, tasks: known }: LogResume,
  tasks: readonly ViewedTask[],
): readonly ViewedTask[] {
  const over = new Set(closed);
  const newestMs = new Map<number, number>();
  for (const { bornMs, instance, taskId } of tasks)
    if (known[taskId] !== undefined || over.has(taskId)) newestMs.set(instance, bornMs);
  return tasks.filter(
    ({ bornMs, instance, isEnded, taskId }) =>
      !over.has(taskId) &&
      (!isEnded ||
        known[taskId] !== undefined ||
        bornMs > (newestMs.get(instance) ?? Number.POSITIVE_INFINITY)),
  );
}

/** Resolves when nothing more can come; rejects when `signal` fires or `emit` fails. */
export async function followLogs(settings: LogViewSettings): Promise<void> {
  const { emit, feed, mostInstances, request, signal } = settings;
  const { follow = false, resume } = request;
  const broken = new AbortController();
  const all = AbortSignal.any([signal, broken.signal]);
  // Every file adds a listener, so Node must not warn of a leak.
  setMaxListeners(0, all);
  const gate = turnstile(MOST_READS);
  const known = new Map<string, { task: ViewedTask; readonly work: Promise<void>; done: boolean }>();
  const closed = new Set(resume?.closed);
  const skipped = new Set<string>();
  let sources = 0;
  let begun = 0;
  let failure: unknown;
  let left = '';

  const begin = async (task: ViewedTask, isFirst: boolean) => {
    const { host } = task.place ?? {};
    const wasKnown = resume?.tasks[task.taskId];
    const late = wasKnown ?? (!isFirst || resume !== undefined);
    const { instance, status, taskId } = task;
    if (wasKnown === undefined) await emit({ kind: 'task', task: taskId, instance, status, host, late });
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
      const { atMs, instance, message, place, ranMs, status, taskId } = task;
      await emit({
        kind: 'state',
        task: taskId,
        instance,
        status,
        host: place?.host,
        message,
        atMs,
        ranMs,
      });
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

interface TaskSettings extends LogViewSettings {
  /** The task began while the view was open, so its files are read from their start. */
  readonly late: boolean;
  readonly gate: ReturnType<typeof turnstile>;
  current(): ViewedTask;
  nextSource(): number;
}

interface FollowedFile {
  readonly file: LogFileName;
  /** The file is read only to its present end: a later run has begun, the task has ended, or nothing is followed. */
  isFinal: boolean;
  done: boolean;
  work: Promise<void>;
}

const isWanted = ({ process, run }: LogRequest, runs: ProcessRuns): boolean =>
  (process === undefined || runs.process === process) && (run === undefined || runs.runs.includes(run));

/** Stands in `troubled` for the list of a task's processes; the keys of files are never empty. */
const LISTING = '';

/** Follows one task from its first file to its end. */
async function followTask(settings: TaskSettings): Promise<void> {
  const { clock, current, emit, random, request, sandboxes, signal } = settings;
  const { follow = false, resume, run: wantedRun, streams = ['stdout', 'stderr'] } = request;
  const { instance, taskId } = current();
  const files = new Map<string, FollowedFile>();
  /** The first run of each process that is shown. */
  const firstRun = new Map<string, number>();
  let opened = settings.late;
  /** Keys of files (and LISTING) that cannot be read at the moment. */
  const troubled = new Set<string>();
  let tries = 0;
  const pause = pauses({ clock, random, limits: RETRY, signal });

  const open = async () => {
    if (opened) return;
    opened = true;
    await emit({ kind: 'opened', task: taskId });
  };
  const well = async (what: string) => {
    if (troubled.delete(what) && troubled.size === 0) await emit({ kind: 'well', task: taskId, instance });
  };
  const trouble = async (what: string, text: string, retried: boolean) => {
    const isNews = troubled.size === 0 || !retried;
    troubled.add(what);
    if (isNews) await emit({ kind: 'trouble', task: taskId, instance, text, retried });
  };

  const startFile = async (runs: ProcessRuns, file: LogFileName, isLate: boolean) => {
    const key = logFileKey(file);
    if (files.has(key)) return;
    const at = resume?.files[taskId]?.[key];
    const place = await startOf(settings, runs, file, at, isLate);
    if (!place) return;
    const entry: FollowedFile = { file, isFinal: false, done: false, work: Promise.resolve() };
    files.set(key, entry);
    const source = settings.nextSource();
    await emit({ kind: 'source', source, task: taskId, instance, position: place, ...file });
    entry.work = followFile(settings, entry, source, place, {
      trouble: (text, retried) => trouble(key, text, retried),
      well: () => well(key),
    });
    entry.work.catch(() => {});
  };

  /** Begins to follow the new processes and runs of the task. */
  const take = async (processes: readonly ProcessRuns[], isEnded: boolean) => {
    for (const one of processes) {
      if (!isWanted(request, one)) continue;
      const last = one.runs.at(-1) ?? 0;
      const resumed = Object.keys(resume?.files[taskId] ?? {}).flatMap((key) =>
        key.startsWith(`${one.process}/`) ? [Number(key.slice(one.process.length + 1).split('/')[0])] : [],
      );
      const isLate = opened;
      if (!firstRun.has(one.process))
        firstRun.set(
          one.process,
          wantedRun ?? (resumed.length > 0 ? Math.min(...resumed) : isLate ? 0 : last),
        );
      for (const run of one.runs) {
        if (wantedRun !== undefined ? run !== wantedRun : run < (firstRun.get(one.process) ?? 0)) continue;
        for (const stream of streams)
          await startFile(
            one,
            { process: one.process, run, stream },
            isLate || run > (firstRun.get(one.process) ?? 0),
          );
      }
      for (const followed of files.values())
        if (followed.file.process === one.process && followed.file.run < last) followed.isFinal = true;
    }
    if (isEnded || !follow) for (const followed of files.values()) followed.isFinal = true;
  };

  for (;;) {
    const task = current();
    const { place } = task;
    if (!place) {
      if (task.isEnded || !follow) break;
      // The task is not assigned yet, so whatever it writes will be new.
      await open();
      await sleep(clock, BUSY_MS, signal);
      continue;
    }
    try {
      const processes = await settings.gate(() => sandboxes.processes(place, signal));
      if (processes) {
        pause.reset();
        tries = 0;
        await well(LISTING);
        await take(processes, task.isEnded);
        await open();
      } else if (task.isEnded) {
        await trouble(LISTING, 'the sandbox is gone: the agent has removed it', false);
        break;
      }
      if (!processes && !follow)
        await trouble(LISTING, `neither an observer nor the agent on ${place.host} knows its files`, false);
      if (task.isEnded || !follow) break;
    } catch (error) {
      signal.throwIfAborted();
      if ((task.isEnded || !follow) && ++tries >= TRIES_OF_ENDED) {
        await trouble(LISTING, messageOf(error), false);
        break;
      }
      await trouble(LISTING, messageOf(error), true);
      await pause.next();
      continue;
    }
    await untilChanged(settings, task, RUNS_MS);
  }
  for (const followed of files.values()) followed.isFinal = true;
  await Promise.all([...files.values()].map(({ work }) => work));
  await emit({ kind: 'closed', task: taskId, instance });
}

/** Waits for `mostMs` or until the task changes, whichever comes first. */
async function untilChanged({ clock, current, signal }: TaskSettings, task: ViewedTask, mostMs: number) {
  for (let waitedMs = 0; waitedMs < mostMs && current() === task; waitedMs += BUSY_MS)
    await sleep(clock, BUSY_MS, signal);
}

const pathOf = ({ process, run, stream }: LogFileName): string => `.logs/${process}/${run}/${stream}`;

const readerOf =
  ({ current, gate, sandboxes, signal }: TaskSettings): ReadPart =>
  async (path, wanted) => {
    const { place } = current();
    if (!place) return undefined;
    return gate(() => sandboxes.read(place, path, wanted, signal));
  };

/** Where to begin reading a file; undefined when it is to be left out. */
async function startOf(
  settings: TaskSettings,
  runs: ProcessRuns,
  file: LogFileName,
  resumed: LogOffset | undefined,
  isLate: boolean,
): Promise<LogOffset | undefined> {
  const { follow = false, sinceMs, tail } = settings.request;
  if (resumed) return resumed;
  if (isLate || (tail === undefined && sinceMs === undefined)) return FILE_START;
  if (
    sinceMs !== undefined &&
    runs.startMs !== undefined &&
    runs.startMs >= sinceMs &&
    file.run === runs.runs.at(-1)
  )
    return FILE_START;
  const found = await tailPosition(readerOf(settings), pathOf(file), tail ?? Number.POSITIVE_INFINITY);
  if (!found) return FILE_START;
  const { modifiedMs, position } = found;
  if (sinceMs === undefined || modifiedMs === undefined || modifiedMs >= sinceMs) return position;
  if (!follow) return undefined;
  const end = await tailPosition(readerOf(settings), pathOf(file), 0);
  return end?.position ?? FILE_START;
}

/** Follows one file from `start` to its end. */
async function followFile(
  settings: TaskSettings,
  entry: FollowedFile,
  source: number,
  start: LogOffset,
  { trouble, well }: { trouble(text: string, retried: boolean): Promise<void>; well(): Promise<void> },
): Promise<void> {
  const { clock, current, emit, random, signal } = settings;
  const { follow = false } = settings.request;
  const follower: LogFileFollower = logFileFollower(readerOf(settings), pathOf(entry.file), start);
  const pause = pauses({ clock, random, limits: RETRY, signal });
  let waitMs = BUSY_MS;
  let tries = 0;
  for (;;) {
    const { isFinal } = entry;
    try {
      const step = await (isFinal ? follower.last() : follower.next());
      tries = 0;
      pause.reset();
      if (step.kind === 'rotated') await emit({ kind: 'rotated', source, lost: step.lost });
      if (step.kind === 'data' || step.kind === 'rotated') {
        const { more, position, text } = step;
        if (text !== '') await emit({ kind: 'data', source, text, position });
        if (!follow && !more) break;
        waitMs = more ? 0 : BUSY_MS;
      } else {
        if (isFinal && !(step.kind === 'idle' && step.seeking)) break;
        waitMs = isFinal ? BUSY_MS : Math.min(QUIET_MS, Math.max(BUSY_MS, waitMs * 1.5));
      }
      await well();
    } catch (error) {
      signal.throwIfAborted();
      if ((current().isEnded || !follow) && ++tries >= TRIES_OF_ENDED) {
        await trouble(messageOf(error), false);
        break;
      }
      await trouble(messageOf(error), true);
      await pause.next();
      continue;
    }
    if (waitMs > 0) await sleep(clock, waitMs, signal);
  }
  await emit({ kind: 'end', source });
  entry.done = true;
}
