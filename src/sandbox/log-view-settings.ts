import type { LogEvent, LogRequest } from '../api/views/log-event.ts';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { RemoteTask } from './remote-task.ts';
import type { SandboxReader } from './sandbox-reader.ts';

/** A task in a view. */
export interface ViewedTask {
  readonly taskId: string;
  readonly instance: number;
  readonly status: string;
  readonly isEnded: boolean;
  /** When it last changed. */
  readonly atMs: number;
  /** When it was created. */
  readonly bornMs: number;
  /** How long it ran, once it is over. */
  readonly ranMs?: number | undefined;
  readonly message?: string | undefined;
  readonly isService: boolean;
  /** The agent and executor that run it; undefined until it is assigned. */
  readonly place: RemoteTask | undefined;
}

/** Gives a view its tasks. */
export interface TaskFeed {
  /** All tasks that the request may mean, including ended ones. */
  tasks(): Promise<readonly ViewedTask[]>;
  /** Resolves when there may be something new, after some time in any case. */
  change(signal: AbortSignal): Promise<void>;
}

export interface LogViewSettings {
  readonly request: LogRequest;
  readonly feed: TaskFeed;
  readonly sandboxes: Pick<SandboxReader, 'processes' | 'read'>;
  /** How many instances may be followed at once. */
  readonly mostInstances: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the view; `followLogs` then rejects with its reason. */
  readonly signal: AbortSignal;
  /** Hands an event to the reader; resolves when there is room for more. */
  emit(event: LogEvent): Promise<void>;
}
