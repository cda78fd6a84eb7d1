import {
  type CheckpointRecord,
  type CheckpointState,
  encodeCheckpoint,
  isRunOver,
  type RunStatus,
} from '../../api/checkpoints/index.ts';

/** The records that lead to a run's state, numbered so that the last one keeps its original number. */
function recordsOf(run: RunStatus): CheckpointRecord[] {
  const { process, state, fork_time, coordinator_pid, start_time, pid, stop_time, return_code } = run;
  const steps: RunStatus[] = [{ process, state: 'WAITING' }];
  if (fork_time !== undefined) steps.push({ process, state: 'FORKED', fork_time, coordinator_pid });
  if (pid !== undefined) steps.push({ process, state: 'RUNNING', start_time, pid });
  if (isRunOver(state)) steps.push({ process, state, stop_time, return_code });
  const first = Number(run.seq) - steps.length + 1;
  return steps.map((step, at) => ({ process_status: { ...step, seq: first + at } }));
}

/**
 * The content of a shorter file that leads to the same state: the task's states, the header, and the runs that the
 * state still holds. The header says how many earlier runs of each process are left out. The first record of a process
 * may have any number; the original's reader accepts that.
 */
export function compacted(state: CheckpointState, dropped: ReadonlyMap<string, number>): Uint8Array {
  const [first, ...later] = state.statuses.map((task_status) => ({ task_status }));
  const header = { runner_header: { ...state.header, dropped_runs: Object.fromEntries(dropped) } };
  const runs = [...state.processes.values()].flat().flatMap(recordsOf);
  const records: CheckpointRecord[] = [...(first ? [first] : []), header, ...later, ...runs];
  return Buffer.concat(records.map(encodeCheckpoint));
}
