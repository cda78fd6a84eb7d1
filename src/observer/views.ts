/**
 * Tasks and their runs as JSON. Source: the original observer's shapes. Unlike there, exit code 0 is shown, and runs
 * keep their numbers even when the first ones are no longer in the checkpoint.
 */
import { type CheckpointState, isRunOver, type RunStatus } from '../api/checkpoints/index.ts';
import { withoutExecutor } from './tasks/life.ts';
import type { ObservedTask, TaskRegistry } from './tasks/registry.ts';
import type { TaskPhase } from './tasks/scan.ts';
import { NOTHING_USED, type ProcessSample } from './usage/sample.ts';

/** Usage of all processes of a task together, and its disk usage in bytes. */
type ProcessSampleOfTask = ProcessSample & { readonly disk: number };

export interface Usage {
  task(taskId: string): ProcessSampleOfTask;
  process(taskId: string, process: string): ProcessSample;
}

export const PHASES: readonly string[] = ['all', 'active', 'finished'];
const DEFAULT_ROWS = 20;
/** The most rows that a page has. */
const MOST_ROWS = 1_000;

/** The groups of processes in the original's task view. A lost run counts as waiting, since it will be run again. */
const GROUPS = ['waiting', 'running', 'success', 'failed', 'killed'] as const;
type Group = (typeof GROUPS)[number];
const GROUP_OF: Readonly<Record<string, Group>> = {
  WAITING: 'waiting',
  LOST: 'waiting',
  FORKED: 'running',
  RUNNING: 'running',
  SUCCESS: 'success',
  FAILED: 'failed',
  KILLED: 'killed',
};

/** Reads the checkpoint up to now and returns its state; undefined when it holds no state of the task yet. */
export function readState(task: ObservedTask): CheckpointState | undefined {
  // First look for the executor, then read: it may have written its last record just before it ended.
  const goneMs = task.goneMs();
  task.checkpoint.refresh();
  const state = task.checkpoint.state();
  if (state.statuses.length === 0) return undefined;
  return goneMs === undefined ? state : withoutExecutor(state, goneMs);
}

const seconds = (ms: number | bigint | undefined): number => Math.floor(Number(ms ?? 0) / 1000);

function grouped(state: CheckpointState): Record<Group, string[]> {
  const groups = Object.fromEntries(GROUPS.map((group) => [group, [] as string[]])) as Record<
    Group,
    string[]
  >;
  for (const [name, runs] of state.processes)
    groups[GROUP_OF[runs.at(-1)?.state ?? ''] ?? 'waiting'].push(name);
  return groups;
}

/** When the task entered its present state: the time of the first record in the last series of equal states. */
function stateSince({ statuses }: CheckpointState): number {
  const last = statuses.at(-1)?.state;
  const before = statuses.findLastIndex(({ state }) => state !== last);
  return seconds(statuses[before + 1]?.timestamp_ms);
}

const nameOf = (config: unknown): string => {
  const name = (config as { name?: unknown } | undefined)?.name;
  return typeof name === 'string' ? name : '';
};

export interface TaskView {
  readonly task_id: string;
  readonly name: string;
  readonly launch_timestamp: number;
  readonly state: string;
  readonly state_timestamp: number;
  readonly user: string;
  readonly resource_consumption: ProcessSample & { readonly disk: number };
  readonly ports: Readonly<Record<string, number | bigint>>;
  readonly processes: Readonly<Record<Group, readonly string[]>>;
  readonly task: unknown;
}

/** One task; undefined while its checkpoint holds no state. */
export function taskView(task: ObservedTask, usage: Usage): TaskView | undefined {
  const state = readState(task);
  if (!state) return undefined;
  const config = task.config();
  return {
    task_id: task.taskId,
    name: nameOf(config),
    launch_timestamp: seconds(state.statuses[0]?.timestamp_ms),
    state: state.statuses.at(-1)?.state ?? 'UNKNOWN',
    state_timestamp: stateSince(state),
    user: state.header?.user ?? '',
    resource_consumption: usage.task(task.taskId),
    ports: state.header?.ports ?? {},
    processes: grouped(state),
    task: config ?? null,
  };
}

export interface RunView {
  readonly process_name: string;
  readonly process_run: number;
  readonly state: string;
  readonly start_time?: number;
  readonly stop_time?: number;
  readonly return_code?: number;
  readonly used?: ProcessSample;
}

function runView(task: ObservedTask, run: RunStatus, number: number, usage: Usage): RunView {
  const name = run.process ?? '';
  const { start_time, stop_time, return_code, state } = run;
  return {
    process_name: name,
    process_run: number,
    state: state ?? 'WAITING',
    ...(start_time === undefined ? {} : { start_time }),
    ...(stop_time === undefined ? {} : { stop_time }),
    ...(return_code === undefined || !isRunOver(state) ? {} : { return_code }),
    ...(state === 'RUNNING' && task.phase === 'active' ? { used: usage.process(task.taskId, name) } : {}),
  };
}

/** All runs of a process that are still known from the checkpoint, oldest first. */
export function runViews(task: ObservedTask, process: string, usage: Usage): RunView[] {
  const runs = readState(task)?.processes.get(process) ?? [];
  const first = task.checkpoint.runsBefore(process);
  return runs.map((run, at) => runView(task, run, first + at, usage));
}

/** The run with the number, the latest without one; negative numbers count from the end. Undefined for no such run. */
export function runOf(
  task: ObservedTask,
  process: string,
  run: number | undefined,
  usage: Usage,
): RunView | undefined {
  const runs = runViews(task, process, usage);
  if (run === undefined || run < 0) return runs.at(run ?? -1);
  return runs.find((one) => one.process_run === run);
}

/** The latest run of every process. */
export function latestRuns(task: ObservedTask, usage: Usage): Record<string, RunView> {
  const names = [...(readState(task)?.processes.keys() ?? [])];
  const latest = names.map((name) => [name, runOf(task, name, undefined, usage)] as const);
  return Object.fromEntries(latest.filter((entry): entry is [string, RunView] => entry[1] !== undefined));
}

/** A task in a list. */
export interface MainRow extends ProcessSampleOfTask {
  readonly task_id: string;
  readonly name: string;
  readonly role: string;
  readonly launch_timestamp: number;
  readonly state: string;
  readonly state_timestamp: number;
  readonly ports: TaskView['ports'];
}

interface MainView {
  readonly tasks: readonly MainRow[];
  readonly type: string;
  readonly offset: number;
  readonly num: number;
  readonly task_count: number;
}

/** One page of tasks, latest change first. A negative offset counts from the end. */
export function mainView(
  registry: TaskRegistry,
  usage: Usage,
  page: { readonly type: string; readonly offset: number; readonly num: number },
): MainView {
  const type = page.type === '' ? 'all' : page.type;
  const all = registry.all(type === 'all' ? undefined : (type as TaskPhase));
  const num = Math.min(page.num > 0 ? page.num : DEFAULT_ROWS, MOST_ROWS);
  const fromEnd = all.length > -page.offset ? all.length + page.offset : 0;
  const offset = page.offset < 0 ? fromEnd : page.offset;
  const rows = all.slice(offset, offset + num).map((task) => taskView(task, usage));
  return {
    tasks: rows
      .filter((row) => row !== undefined)
      .map(
        ({ task_id, name, user, launch_timestamp, state, state_timestamp, ports, resource_consumption }) => ({
          task_id,
          name,
          role: user,
          launch_timestamp,
          state,
          state_timestamp,
          ports,
          ...resource_consumption,
        }),
      ),
    type,
    offset,
    num,
    task_count: registry.count()[type as TaskPhase | 'all'],
  };
}

/** The usage of everything when nothing is measured. */
export const NO_USAGE: Usage = {
  task: () => ({ ...NOTHING_USED, disk: 0 }),
  process: () => NOTHING_USED,
};
