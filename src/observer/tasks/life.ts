/**
 * Detects executors that ended without recording it; their checkpoint would say ACTIVE for ever. Our executor records
 * which process it is. For any other, the agent leaves a file in its own records when the executor is done.
 */
import { statSync } from 'node:fs';
import { type CheckpointState, isRunOver, isTaskOver, type RunStatus } from '../../api/checkpoints/index.ts';
import { bootId, isRunning, pidNamespace, processEntry, startedSecs } from '../../proc/process-id.ts';

/** How much the start time in a checkpoint and the kernel's may differ for the same process. */
const SAME_START_SECS = 10;

/** The pid of a run's shell if that process still is the one the checkpoint names; undefined otherwise. */
export function shellOf(run: RunStatus | undefined): number | undefined {
  if (run?.state !== 'RUNNING' || run.pid === undefined) return undefined;
  const entry = processEntry(run.pid);
  if (!entry || entry.zombie) return undefined;
  return Math.abs(startedSecs(entry.startTicks) - (run.start_time ?? 0)) < SAME_START_SECS
    ? run.pid
    : undefined;
}

let here: { readonly boot: string; readonly namespace: string | undefined } | undefined;

/** True or false when the executor is known to run or not; undefined when the checkpoint does not identify it. */
function isExecutorRunning({ header, statuses }: CheckpointState): boolean | undefined {
  const pid = statuses.at(-1)?.runner_pid;
  if (pid === undefined || header?.runner_start_ticks === undefined) return undefined;
  here ??= { boot: bootId(), namespace: pidNamespace() };
  if (header.boot_id !== here.boot) return false;
  // In another pid namespace this pid means another process or none.
  if (header.pid_namespace === undefined || header.pid_namespace !== here.namespace) return undefined;
  return isRunning({ pid, startTicks: Number(header.runner_start_ticks) });
}

/** When the file was last written, in milliseconds since the epoch; undefined when there is none. */
function madeMs(path: string): number | undefined {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return undefined;
  }
}

/**
 * When the executor was found to be gone, in milliseconds since the epoch; undefined while it may still run.
 * @param agentRecords directory of the agent's records of this run: `<work_dir>/meta/slaves/.../runs/<container>`
 */
export function goneSince(state: CheckpointState, agentRecords: string, nowMs: number): number | undefined {
  switch (isExecutorRunning(state)) {
    case true:
      return undefined;
    case false:
      return nowMs;
    default:
      // Source: Mesos, slave/paths.cpp; the agent writes this file when the last update is acknowledged.
      return madeMs(`${agentRecords}/executor.sentinel`);
  }
}

/** The state of a task whose executor is gone: the task is LOST, and so are runs whose shell no longer runs. */
export function withoutExecutor(state: CheckpointState, sinceMs: number): CheckpointState {
  if (isTaskOver(state.statuses.at(-1)?.state)) return state;
  const processes = new Map(
    [...state.processes].map(([name, runs]): [string, RunStatus[]] => {
      const last = runs.at(-1);
      if (!last || isRunOver(last.state) || shellOf(last) !== undefined) return [name, runs];
      return [name, [...runs.slice(0, -1), { ...last, state: 'LOST' }]];
    }),
  );
  const lost = { ...state.statuses.at(-1), state: 'LOST' as const, timestamp_ms: Math.round(sinceMs) };
  return { header: state.header, statuses: [...state.statuses, lost], processes };
}
