import type { LogFileName, LogOffset } from '../api/views/log-event.ts';
import { sleep } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { pauses } from '../base/pauses.ts';
import {
  FILE_START,
  type LogFileFollower,
  logFileFollower,
  type ReadPart,
  tailPosition,
} from './log-file.ts';
import type { LogViewSettings, ViewedTask } from './log-view-settings.ts';
import type { ProcessRuns } from './sandbox-reader.ts';
import type { turnstile } from './turnstile.ts';

/** Time between two looks at a file that grows, and at one that has been quiet. */
export const BUSY_MS = 400;
const QUIET_MS = 1_500;
/** The waits after failed reads. */
export const RETRY = { initialMs: 500, maxMs: 15_000 };
/** How many attempts to read the files of an ended task may fail before they are given up. */
export const TRIES_OF_ENDED = 4;

export interface TaskSettings extends LogViewSettings {
  /** The task began while the view was open, so its files are read from their start. */
  readonly late: boolean;
  readonly gate: ReturnType<typeof turnstile>;
  current(): ViewedTask;
  nextSource(): number;
}

export interface FollowedFile {
  readonly file: LogFileName;
  /** The file is read only to its present end: a later run has begun, the task has ended, or nothing is followed. */
  isFinal: boolean;
  done: boolean;
  work: Promise<void>;
}

const pathOf = ({ process, run, stream }: LogFileName): string => `.logs/${process}/${run}/${stream}`;

const readerOf =
  ({ current, gate, sandboxes, signal }: TaskSettings): ReadPart =>
  async (path, wanted) => {
    const { place } = current();
    if (!place) return undefined;
    return gate(() => sandboxes.read(place, path, wanted, signal));
  };

/** Where to begin reading a file and, when nothing is followed, where to end; no `until` means at its end. */
interface FileRange {
  readonly position: LogOffset;
  readonly until?: number | undefined;
}

const WHOLE_FILE: FileRange = { position: FILE_START };

/** What to read of a file; undefined when it is to be left out. */
export async function rangeOf(
  settings: TaskSettings,
  runs: ProcessRuns,
  file: LogFileName,
  resumed: LogOffset | undefined,
  isLate: boolean,
): Promise<FileRange | undefined> {
  const { follow = false, sinceMs, tail } = settings.request;
  if (resumed) return { position: resumed };
  if (isLate || (tail === undefined && sinceMs === undefined)) return WHOLE_FILE;
  if (
    sinceMs !== undefined &&
    runs.startMs !== undefined &&
    runs.startMs >= sinceMs &&
    file.run === runs.runs.at(-1)
  )
    return WHOLE_FILE;
  const found = await tailPosition(readerOf(settings), pathOf(file), tail ?? Number.POSITIVE_INFINITY);
  if (!found) return WHOLE_FILE;
  const { end, modifiedMs, position } = found;
  const range = { position, until: follow ? undefined : end };
  if (sinceMs === undefined || modifiedMs === undefined || modifiedMs >= sinceMs) return range;
  if (!follow) return undefined;
  const last = await tailPosition(readerOf(settings), pathOf(file), 0);
  return last ? { position: last.position } : WHOLE_FILE;
}

/** Follows one file through a range. */
export async function followFile(
  settings: TaskSettings,
  entry: FollowedFile,
  source: number,
  { position: start, until }: FileRange,
  { trouble, well }: { trouble(text: string, retried: boolean): Promise<void>; well(): Promise<void> },
): Promise<void> {
  const { clock, current, emit, random, signal } = settings;
  const { follow = false } = settings.request;
  const follower: LogFileFollower = logFileFollower(readerOf(settings), pathOf(entry.file), start, until);
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
