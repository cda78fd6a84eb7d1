import type { Resource, TaskState } from '../../src/mesos/index.ts';

/** A task without a process: what the master may ask about it, and no more, because there may be a million. */
export interface SimulatedTask {
  readonly agent: SimulatedAgent;
  readonly frameworkId: string;
  readonly id: string;
  readonly executorId: string | undefined;
  /** Shared with equal ones of other tasks. */
  readonly resources: readonly Resource[];
  state: TaskState;
  /** State of the update in flight; undefined when the scheduler knows everything. */
  sent: TaskState | undefined;
  /** Of the update in flight. */
  uuid: string | undefined;
  sentMs: number;
  message: string | undefined;
}

/** An agent whose tasks are records. */
export interface SimulatedAgent {
  agentId(): string | undefined;
  tasks(): number;
  /** Sends the update in flight (again). */
  send(task: SimulatedTask): void;
  /** Ends a task by itself; false when it does not run here. */
  end(taskId: string, state: TaskState, message?: string): boolean;
  /** Breaks the link: the agent's process died. Tasks live on. */
  disconnect(): void;
  /** Comes back with its tasks. */
  reconnect(): void;
  stop(): void;
}
