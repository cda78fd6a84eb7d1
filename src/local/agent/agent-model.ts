/** What an agent knows: frameworks, their executors and the executors' tasks. Plain data, which the other files change. */
import type { Timer } from '../../base/clock.ts';
import type {
  ExecutorEvent,
  ExecutorInfo,
  FrameworkInfo,
  StatusReason,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../mesos/index.ts';
import type { RunAddress } from './sandbox.ts';
import type { TaskContainer } from './task-container.ts';

/**
 * Life of an executor:
 *
 *     REGISTERING -> RUNNING -> TERMINATING -> TERMINATED
 *
 * REGISTERING: started or recovered, but not subscribed. TERMINATING: told to shut down, or being killed. TERMINATED:
 * no process is left; it is kept until the scheduler has acknowledged all its updates. A state may be skipped.
 */
export type ExecutorState = 'REGISTERING' | 'RUNNING' | 'TERMINATING' | 'TERMINATED';

/** Sends events to an executor. Events to an executor that is gone are lost silently. */
export interface ExecutorStream {
  send(event: ExecutorEvent): void;
  /** Ends the stream; nothing can be sent afterwards. */
  end(): void;
}

/** How and why the tasks of an executor end with it when the executor itself is not the cause. */
export interface EndingCause {
  readonly state: TaskState;
  readonly reason: StatusReason;
  readonly message: string;
}

export interface AgentTask {
  readonly info: TaskInfo;
  /** The newest state. */
  state: TaskState;
  /** All statuses of the task, oldest first. */
  readonly statuses: TaskStatus[];
  /** The newest status that the scheduler has acknowledged. */
  acknowledged: TaskStatus | undefined;
}

/** Tasks that wait for their executor; a group is sent as one event. */
export interface QueuedLaunch {
  readonly tasks: readonly TaskInfo[];
  readonly group: boolean;
}

export interface AgentExecutor {
  readonly id: string;
  readonly info: ExecutorInfo;
  readonly framework: AgentFramework;
  readonly run: RunAddress;
  readonly sandbox: string;
  /** Created by the agent for a command task; the agent itself acts as this executor. */
  readonly builtIn: boolean;
  state: ExecutorState;
  queue: QueuedLaunch[];
  /** Tasks that were delivered, each until its terminal update is acknowledged. */
  readonly tasks: Map<string, AgentTask>;
  /** Finished tasks whose updates are all acknowledged, newest last; the oldest are forgotten. */
  readonly completed: AgentTask[];
  container: TaskContainer | undefined;
  stream: ExecutorStream | undefined;
  /** Registration timeout, or shutdown grace period. */
  timer: Timer | undefined;
  cause: EndingCause | undefined;
  /** Whether a task was ever delivered to it. */
  delivered: boolean;
  /** Aborts a fetch under way. */
  readonly fetching: AbortController;
  /** Whether the agent killed it. */
  destroyed: boolean;
  readonly gone: Gone;
}

/** A one-time event that can be awaited. */
export interface Gone {
  readonly promise: Promise<void>;
  happened(): void;
}

function newGone(): Gone {
  let happened = () => {};
  const promise = new Promise<void>((resolve) => {
    happened = resolve;
  });
  return { promise, happened };
}

export interface AgentFramework {
  readonly id: string;
  info: FrameworkInfo;
  /** Executors with a process. */
  readonly executors: Map<string, AgentExecutor>;
  /** Executors without a process whose updates are not all acknowledged. */
  readonly ended: Set<AgentExecutor>;
  readonly completed: AgentExecutor[];
  /** The framework was torn down: its executors are ending and nothing is reported any more. */
  terminating: boolean;
}

/** How many ended tasks and executors are remembered for the endpoints. */
const REMEMBERED = 150;

/** Makes the record of an executor that was just requested or recovered. */
export const newExecutor = (
  framework: AgentFramework,
  run: RunAddress,
  about: Pick<AgentExecutor, 'info' | 'builtIn' | 'sandbox'>,
): AgentExecutor => ({
  ...about,
  id: run.executorId,
  framework,
  run,
  state: 'REGISTERING',
  queue: [],
  tasks: new Map(),
  completed: [],
  container: undefined,
  stream: undefined,
  timer: undefined,
  cause: undefined,
  delivered: false,
  fetching: new AbortController(),
  destroyed: false,
  gone: newGone(),
});

/** Appends to a list of remembered things and drops the oldest. */
export function remember<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > REMEMBERED) list.shift();
}

export const newFramework = (info: FrameworkInfo): AgentFramework => ({
  id: info.id?.value ?? '',
  info,
  executors: new Map(),
  ended: new Set(),
  completed: [],
  terminating: false,
});

export const newTask = (info: TaskInfo): AgentTask => ({
  info,
  state: 'TASK_STAGING',
  statuses: [],
  acknowledged: undefined,
});

/** The living executors, and the ended ones that still have updates to report. */
export const executorsOf = (framework: AgentFramework | undefined): AgentExecutor[] =>
  framework ? [...framework.executors.values(), ...framework.ended] : [];

export interface FoundTask {
  readonly executor: AgentExecutor;
  /** Absent while the task waits in the executor's queue. */
  readonly task: AgentTask | undefined;
}

/** Finds the executor that has the task, running or queued. */
export function findTask(framework: AgentFramework | undefined, taskId: string): FoundTask | undefined {
  for (const executor of executorsOf(framework)) {
    const task = executor.tasks.get(taskId);
    if (task || executor.queue.some(({ tasks }) => tasks.some((info) => info.task_id.value === taskId)))
      return { executor, task };
  }
  return undefined;
}

export const hasCapability = (
  framework: FrameworkInfo,
  type: 'PARTITION_AWARE' | 'TASK_KILLING_STATE',
): boolean => (framework.capabilities ?? []).some((capability) => capability.type === type);
