/**
 * Computes a task's state from its checkpoint records. Pure. Source: the original's CheckpointDispatcher
 * (golden/thermos, checkpoint-reducer.json); unlike there, a failed run keeps its exit code and end time.
 */
import { AuroraError } from '../../base/errors.ts';
import { toNumber } from '../i64.ts';
import type { EnumValue } from '../types.ts';
import type { CheckpointRecord, ProcessStatus, RecordedTaskStatus, RunnerHeader } from './records.ts';

export type ProcessState = EnumValue<'thermos.ProcessState'>;
export type CheckpointTaskState = EnumValue<'thermos.TaskState'>;

/** The record of a run so far: the latest value of every field in its records. */
export type RunStatus = { -readonly [K in keyof ProcessStatus]: ProcessStatus[K] };

export interface CheckpointState {
  header: RunnerHeader | undefined;
  /** Statuses of the task in the order of writing; several ACTIVE are normal. */
  readonly statuses: RecordedTaskStatus[];
  /** Runs of each process, the latest last. */
  readonly processes: Map<string, RunStatus[]>;
}

export const emptyCheckpoint = (): CheckpointState => ({
  header: undefined,
  statuses: [],
  processes: new Map(),
});

interface Edge {
  /** States from which the run may come. */
  readonly from: readonly (ProcessState | undefined)[];
  /** Fields that the record must have. */
  readonly needs: readonly (keyof ProcessStatus)[];
  /** Fields that it may have. */
  readonly takes?: readonly (keyof ProcessStatus)[];
}

const END = ['stop_time', 'return_code'] as const;

/** All transitions of a run. */
const EDGES: Readonly<Record<ProcessState, Edge>> = {
  WAITING: { from: [undefined], needs: ['process'] },
  FORKED: { from: ['WAITING'], needs: ['fork_time', 'coordinator_pid'] },
  RUNNING: { from: ['FORKED'], needs: ['start_time', 'pid'] },
  SUCCESS: { from: ['RUNNING'], needs: END },
  FAILED: { from: ['WAITING', 'RUNNING'], needs: [], takes: END },
  KILLED: { from: ['FORKED', 'RUNNING'], needs: END },
  LOST: { from: ['FORKED', 'RUNNING'], needs: [], takes: END },
};

const TERMINAL: ReadonlySet<ProcessState | undefined> = new Set(['SUCCESS', 'FAILED', 'KILLED', 'LOST']);

/** Whether a run in this state has ended. */
export const isRunOver = (state: ProcessState | undefined): boolean => TERMINAL.has(state);

const TASK_TERMINAL: ReadonlySet<CheckpointTaskState | undefined> = new Set([
  'SUCCESS',
  'FAILED',
  'KILLED',
  'LOST',
]);

/** Whether a task in this state is over. */
export const isTaskOver = (state: CheckpointTaskState | undefined): boolean => TASK_TERMINAL.has(state);

const broken = (text: string) => new AuroraError('CODEC', `the checkpoint makes no sense: ${text}`);

function applyRun(state: CheckpointState, update: ProcessStatus, how: ReduceMode): void {
  const { process = '', seq, state: next } = update;
  const runs = state.processes.get(process);
  const last = runs?.at(-1);
  if (seq === undefined) throw broken(`a record of "${process}" has no number`);
  if (last && toNumber(seq) !== toNumber(last.seq ?? -1) + 1) {
    if (how.recovery) return;
    throw broken(`record ${seq} of "${process}" follows record ${last.seq}`);
  }
  if (next === undefined) throw broken(`a record of "${process}" has no known state`);
  const edge = EDGES[next];
  const missing = edge.needs.find((field) => update[field] === undefined);
  if (missing) throw broken(`${next} of "${process}" lacks ${missing}`);
  if (next === 'WAITING') {
    if (last && !isRunOver(last.state)) throw broken(`"${process}" waits again while it is ${last.state}`);
    const run: RunStatus = { process, seq, state: next };
    if (runs && !how.latestOnly) runs.push(run);
    else state.processes.set(process, [run]);
    return;
  }
  if (!last) throw broken(`the first record of "${process}" is ${next}`);
  if (!edge.from.includes(last.state)) throw broken(`"${process}" goes from ${last.state} to ${next}`);
  Object.assign(last, { seq, state: next });
  for (const field of [...edge.needs, ...(edge.takes ?? [])])
    if (update[field] !== undefined) Object.assign(last, { [field]: update[field] });
}

export interface ReduceMode {
  /** Skip records of processes that are out of sequence instead of refusing them. */
  readonly recovery?: boolean;
  /** Keep only the latest state of the task and the latest run of each process. */
  readonly latestOnly?: boolean;
}

/** Applies a record to the state. @throws AuroraError CODEC for an impossible record; the state is then unchanged */
export function applyCheckpoint(
  state: CheckpointState,
  record: CheckpointRecord,
  how: ReduceMode = {},
): void {
  if (record.runner_header) {
    if (state.header) throw broken('it has two headers');
    state.header = record.runner_header;
  } else if (record.task_status) {
    if (how.latestOnly) state.statuses.length = 0;
    state.statuses.push(record.task_status);
  } else if (record.process_status) applyRun(state, record.process_status, how);
  else throw broken('a record is empty');
}
