import type { SandboxEntry, TaskUsage } from '../api/views/sandbox-view.ts';
import type { RemoteTask } from './remote-task.ts';

/** A part of a file on an agent. */
export interface FilePart {
  /** Where it begins. */
  readonly offset: number;
  readonly bytes: Buffer;
  /** Of the whole file, when it was read. */
  readonly size: number;
  readonly generation?: string | undefined;
  /** When it was last written to, where that is told. */
  readonly modifiedMs?: number | undefined;
}

/** Runs of a process that there are, ascending, and what is known of the last one. */
export interface ProcessRuns {
  readonly process: string;
  readonly runs: readonly number[];
  readonly state?: string | undefined;
  readonly returnCode?: number | undefined;
  /** When the last run began. */
  readonly startMs?: number | undefined;
}

/** Which part of a file: from a byte on, or the last ones. */
export type Wanted = { readonly offset: number; readonly length: number } | { readonly last: number };

/**
 * Reads the sandboxes of one kind of server. Paths are relative to the sandbox. Undefined: there is no such task or file
 * there.
 * @throws AuroraError NETWORK, TIMEOUT when the server cannot be asked
 */
export interface SandboxReader {
  processes(task: RemoteTask, signal: AbortSignal): Promise<readonly ProcessRuns[] | undefined>;
  read(task: RemoteTask, path: string, wanted: Wanted, signal: AbortSignal): Promise<FilePart | undefined>;
  list(task: RemoteTask, path: string, signal: AbortSignal): Promise<readonly SandboxEntry[] | undefined>;
  usage(task: RemoteTask, signal: AbortSignal): Promise<TaskUsage | undefined>;
}
