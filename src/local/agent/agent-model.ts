/** What an agent knows: frameworks, their executors, the executors' tasks. Plain data; the other files move it. */
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
 * REGISTERING: started, or recovered, and not subscribed. TERMINATING: told to shut down or being killed. TERMINATED:
 * no process left; it stays until the scheduler has acknowledged all its updates. Every state may go to each later one.
 */
export type ExecutorState = 'REGISTERING' | 'RUNNING' | 'TERMINATING' | 'TERMINATED';

/** Way of events to an executor. Events to one that is gone are lost without a word. */
export interface ExecutorStream {
  send(event: ExecutorEvent): void;
  /** Ends the stream; nothing can be sent any more. */
  end(): void;
}

/** Why the tasks of an executor ended with it, where the executor is not to blame. */
export interface EndingCause {
  readonly state: TaskState;
  readonly reason: StatusReason;
  readonly message: string;
}

export interface AgentTask {
  readonly info: TaskInfo;
  /** Newest state. */
  state: TaskState;
  /** Every status of the task, oldest first; the last one is the newest. */
  readonly statuses: TaskStatus[];
  /** Newest status that has been acknowledged by the scheduler. */
  acknowledged: TaskStatus | undefined;
}

/** Tasks that wait for their executor; a group goes in one event. */
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
  /** Made up by the agent for a command task, and played by it. */
  readonly builtIn: boolean;
  state: ExecutorState;
  queue: QueuedLaunch[];
  /** Delivered tasks, until their terminal update is acknowledged. */
  readonly tasks: Map<string, AgentTask>;
  /** Tasks that are over and done, newest last; the oldest are forgotten. */
  readonly completed: AgentTask[];
  container: TaskContainer | undefined;
  stream: ExecutorStream | undefined;
  /** Registration timeout, or the end of the shutdown grace period. */
  timer: Timer | undefined;
  cause: EndingCause | undefined;
  /** Whether it was ever given a task. */
  delivered: boolean;
  /** Ends a fetch that is under way. */
  readonly fetching: AbortController;
  /** Whether the agent killed it. */
  destroyed: boolean;
  readonly gone: Gone;
}

/** Something that happens once and may be waited for. */
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
  /** Torn down: its executors are on their way out and nothing is reported any more. */
  terminating: boolean;
}

/** How many ended tasks and executors are remembered for the endpoints. */
const REMEMBERED = 150;

/** An executor that has just been asked for, or found again. */
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

/** Appends to a list of things remembered and forgets the oldest. */
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

/** Living executors, and the ended ones that still have something to report. */
export const executorsOf = (framework: AgentFramework | undefined): AgentExecutor[] =>
  framework ? [...framework.executors.values(), ...framework.ended] : [];

export interface FoundTask {
  readonly executor: AgentExecutor;
  /** Absent while the task waits in the executor's queue. */
  readonly task: AgentTask | undefined;
}

/** The executor that has the task, running or queued. */
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
