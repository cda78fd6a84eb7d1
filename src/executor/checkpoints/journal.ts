/**
 * The checkpoint that a task leaves on the disk for the observer and the original's tools: its file below tasks/ and
 * the records of everything that happened. A full disk does not end a task: records that could not be written are kept
 * and written later.
 */
import {
  applyCheckpoint,
  type CheckpointRecord,
  type CheckpointTaskState,
  emptyCheckpoint,
  encodeCheckpoint,
  type ProcessStatus,
  type RunnerHeader,
  runnerFile,
  taskFile,
} from '../../api/checkpoints/index.ts';
import type { Clock } from '../../base/clock.ts';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { compacted } from './compaction.ts';
import { type JournalDisk, type JournalFile, machineDisk } from './journal-file.ts';

/** How a run ended. */
export interface RunEnd {
  readonly state: 'SUCCESS' | 'FAILED' | 'KILLED' | 'LOST';
  /** Exit code, or the negative number of the signal that killed it; undefined when neither is known. */
  readonly returnCode: number | undefined;
}

export interface TaskJournal {
  /** Records a state of the task itself; terminal states go to `finish`. */
  task(state: CheckpointTaskState): void;
  /** Records that a run has begun as `pid`; without a coordinator, pass the shell's pid as `coordinator`. */
  started(process: string, pid: number, coordinator: number): void;
  /** Records that a run could not be started. */
  notStarted(process: string): void;
  ended(process: string, end: RunEnd): void;
  /** Calls back when everything recorded so far is on the disk, or when a time limit is over. */
  whenDurable(done: () => void): void;
  /** Records the end of the task; runs without a recorded end become LOST. Calls back as `whenDurable` does. */
  finish(state: CheckpointTaskState, done: () => void): void;
}

interface JournalOptions {
  /** Directory of the checkpoints, `<run directory>/checkpoints` on Mesos. */
  readonly root: string;
  readonly taskId: string;
  /** Content of the task's file: its configuration as JSON. */
  readonly taskJson: string;
  readonly header: Omit<RunnerHeader, 'task_id' | 'launch_time_ms'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Process id of the executor. */
  readonly pid: number;
  readonly uid: number;
  readonly disk?: JournalDisk;
}

/** A file larger than this (some 19,000 runs of one process) is rewritten with the last runs only. */
const COMPACT_BYTES = 4 * 2 ** 20;
/** The file must grow to this multiple before the next attempt. */
const COMPACT_FACTOR = 2;
/** The longest that a report waits for the disk. */
const SYNC_LIMIT_MS = 10_000;
/** When to try again after a failed write, and how many records are kept until then. */
const RETRY_MS = 5_000;
const MOST_KEPT = 10_000;
/** How many runs of each process a rewritten file keeps at least. */
const KEPT_RUNS = 50;

/**
 * Writes the file of the task and its first records.
 * @throws AuroraError EXECUTOR when the directory cannot be written to
 */
export function taskJournal(options: JournalOptions): TaskJournal {
  const { root, taskId, clock, log, disk = machineDisk } = options;
  const path = runnerFile(root, taskId);
  const state = emptyCheckpoint();
  const dropped = new Map<string, number>();
  let unwritten: CheckpointRecord[] = [];
  let compactAt = COMPACT_BYTES;
  let file: JournalFile;

  const seconds = () => clock.nowMs() / 1000;
  const nextSeq = (process: string) => Number(state.processes.get(process)?.at(-1)?.seq ?? -1) + 1;

  /** Bounds the runs that are held in memory; a rewritten file holds the same ones. */
  const forgetOldRuns = (process: string) => {
    const runs = state.processes.get(process);
    if (!runs || runs.length <= KEPT_RUNS * 2) return;
    dropped.set(process, (dropped.get(process) ?? 0) + runs.length - KEPT_RUNS);
    runs.splice(0, runs.length - KEPT_RUNS);
  };

  const compact = () => {
    try {
      const content = compacted(state, dropped);
      disk.replace(path, content);
      file.close();
      file = disk.open(path);
      unwritten = [];
      compactAt = Math.max(COMPACT_BYTES, content.length * COMPACT_FACTOR);
      log.info({ bytes: content.length }, 'checkpoint written anew');
    } catch (error) {
      compactAt *= COMPACT_FACTOR;
      log.warn({ error: messageOf(error) }, 'the checkpoint could not be made shorter');
    }
  };

  const flush = () => {
    if (unwritten.length === 0) return;
    try {
      file.append(Buffer.concat(unwritten.map(encodeCheckpoint)));
      unwritten = [];
    } catch (error) {
      log.warn({ error: messageOf(error), records: unwritten.length }, 'the checkpoint could not be written');
      unwritten.splice(0, unwritten.length - MOST_KEPT);
      retry ??= clock.after(RETRY_MS, () => {
        retry = undefined;
        flush();
      });
    }
  };
  let retry: { cancel(): void } | undefined;

  const record = (...records: readonly CheckpointRecord[]) => {
    for (const one of records) applyCheckpoint(state, one);
    unwritten.push(...records);
    flush();
    if (file.bytes > compactAt) compact();
  };
  const processRecord = (status: ProcessStatus & { readonly process: string }): CheckpointRecord => ({
    process_status: status,
  });
  const taskRecord = (next: CheckpointTaskState): CheckpointRecord => ({
    task_status: {
      state: next,
      timestamp_ms: Math.round(clock.nowMs()),
      runner_pid: options.pid,
      runner_uid: options.uid,
    },
  });

  /** Chains the syncs in the order of the calls, so that nobody hears of a task's end before its start. */
  let syncs: Promise<void> = Promise.resolve();
  const sync = () =>
    new Promise<void>((resolve) => {
      const limit = clock.after(SYNC_LIMIT_MS, () => {
        log.warn({ waitedMs: SYNC_LIMIT_MS }, 'the disk does not take the checkpoint; going on without');
        resolve();
      });
      file.sync((error) => {
        limit.cancel();
        if (error) log.warn({ error: messageOf(error) }, 'the checkpoint is not on the disk');
        resolve();
      });
    });
  const whenDurable = (done: () => void) => {
    syncs = syncs.then(sync).then(done);
  };

  const ended: TaskJournal['ended'] = (process, { state: how, returnCode }) => {
    const run = state.processes.get(process)?.at(-1);
    if (run?.state !== 'RUNNING') return;
    record(
      processRecord({
        seq: nextSeq(process),
        process,
        state: how,
        stop_time: seconds(),
        ...(returnCode === undefined ? {} : { return_code: returnCode }),
      }),
    );
    forgetOldRuns(process);
  };

  try {
    disk.replace(taskFile(root, 'active', taskId), Buffer.from(options.taskJson));
    file = disk.open(path);
    const header = { ...options.header, task_id: taskId, launch_time_ms: Math.round(clock.nowMs()) };
    const first = [taskRecord('ACTIVE'), { runner_header: header }];
    for (const one of first) applyCheckpoint(state, one);
    file.append(Buffer.concat(first.map(encodeCheckpoint)));
  } catch (error) {
    throw new AuroraError('EXECUTOR', `the checkpoint of the task cannot be written: ${messageOf(error)}`, {
      where: root,
      next: "make the agent's work_dir writable for the executor's user, with free space",
      cause: error,
    });
  }

  return {
    task: (next) => record(taskRecord(next)),
    started(process, pid, coordinator) {
      const [seq, now] = [nextSeq(process), seconds()];
      record(
        processRecord({ seq, process, state: 'WAITING' }),
        processRecord({
          seq: seq + 1,
          process,
          state: 'FORKED',
          coordinator_pid: coordinator,
          fork_time: now,
        }),
        processRecord({ seq: seq + 2, process, state: 'RUNNING', start_time: now, pid }),
      );
    },
    notStarted(process) {
      const seq = nextSeq(process);
      record(
        processRecord({ seq, process, state: 'WAITING' }),
        processRecord({ seq: seq + 1, process, state: 'FAILED', stop_time: seconds() }),
      );
      forgetOldRuns(process);
    },
    ended,
    whenDurable,
    finish(next, done) {
      for (const [process, runs] of state.processes)
        if (runs.at(-1)?.state === 'RUNNING') ended(process, { state: 'LOST', returnCode: undefined });
      record(taskRecord(next));
      try {
        disk.move(taskFile(root, 'active', taskId), taskFile(root, 'finished', taskId));
      } catch (error) {
        log.warn({ error: messageOf(error) }, 'the file of the task could not be moved to finished');
      }
      retry?.cancel();
      retry = undefined;
      whenDurable(() => {
        file.close();
        done();
      });
    },
  };
}
