import { type LogFileName, type LogRequest, logFileKey } from '../api/views/log-event.ts';
import { sleep } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { pauses } from '../base/pauses.ts';
import {
  BUSY_MS,
  type FollowedFile,
  followFile,
  RETRY,
  rangeOf,
  type TaskSettings,
  TRIES_OF_ENDED,
} from './follow-file.ts';
import type { ViewedTask } from './log-view-settings.ts';
import type { ProcessRuns } from './sandbox-reader.ts';

/** Time between two looks for processes and runs of a task. */
const RUNS_MS = 2_000;

const isWanted = ({ process, run }: LogRequest, runs: ProcessRuns): boolean =>
  (process === undefined || runs.process === process) && (run === undefined || runs.runs.includes(run));

/** Stands in `troubled` for the list of a task's processes; the keys of files are never empty. */
const LISTING = '';

/** Follows one task from its first file to its end. */
export async function followTask(settings: TaskSettings): Promise<void> {
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
    const range = await rangeOf(settings, runs, file, at, isLate);
    if (!range) return;
    const entry: FollowedFile = { file, isFinal: false, done: false, work: Promise.resolve() };
    files.set(key, entry);
    const source = settings.nextSource();
    await emit({ kind: 'source', source, task: taskId, instance, position: range.position, ...file });
    entry.work = followFile(settings, entry, source, range, {
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
