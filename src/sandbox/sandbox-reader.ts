import type { SandboxEntry, TaskUsage } from '../api/views/sandbox-view.ts';
import type { RemoteTask } from './remote-task.ts';

/** A part of a file on an agent. */
export interface FilePart {
  /** Where the part begins in the file. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** Size of the whole file when the part was read. */
  readonly size: number;
  readonly generation?: string | undefined;
  /** When the file was last written to, if the server tells that. */
  readonly modifiedMs?: number | undefined;
}

/** The existing runs of a process, ascending, and what is known of the last one. */
export interface ProcessRuns {
  readonly process: string;
  readonly runs: readonly number[];
  readonly state?: string | undefined;
  readonly returnCode?: number | undefined;
  /** When the last run began. */
  readonly startMs?: number | undefined;
}

/** Which part of a file to read: `length` bytes from `offset` on, or the last bytes. */
export type Wanted = { readonly offset: number; readonly length: number } | { readonly last: number };

/**
 * Reads sandboxes through one kind of server. Paths are relative to the sandbox. Methods give undefined when the server
 * has no such task or file.
 * @throws AuroraError NETWORK, TIMEOUT when the server cannot be asked
 */
export interface SandboxReader {
  processes(task: RemoteTask, signal: AbortSignal): Promise<readonly ProcessRuns[] | undefined>;
  read(task: RemoteTask, path: string, wanted: Wanted, signal: AbortSignal): Promise<FilePart | undefined>;
  list(task: RemoteTask, path: string, signal: AbortSignal): Promise<readonly SandboxEntry[] | undefined>;
  usage(task: RemoteTask, signal: AbortSignal): Promise<TaskUsage | undefined>;
}
