/** What `GET /api/view/files` and `GET /api/view/usage` answer. */

export interface SandboxEntry {
  readonly name: string;
  readonly isDirectory: boolean;
  /** Bytes. */
  readonly size?: number | undefined;
  /** Epoch milliseconds. */
  readonly modifiedMs?: number | undefined;
}

/** A directory of a sandbox. */
export interface SandboxListing {
  readonly task: string;
  /** Relative to the sandbox; empty for the sandbox itself. */
  readonly path: string;
  readonly entries: readonly SandboxEntry[];
}

/** What a task uses; absent: not measured there. */
export interface TaskUsage {
  /** Cores. */
  readonly cpu?: number | undefined;
  /** Processor time so far and when that was; two of them make a `cpu`. */
  readonly cpuSeconds?: number | undefined;
  readonly atMs?: number | undefined;
  readonly ramBytes?: number | undefined;
  readonly diskBytes?: number | undefined;
}

export interface UsedByTask extends TaskUsage {
  readonly task: string;
  readonly instance: number;
  readonly status: string;
  readonly host?: string | undefined;
  /** Why it is not known. */
  readonly problem?: string | undefined;
}

export interface UsageView {
  readonly tasks: readonly UsedByTask[];
}

/** What a refused view answers; `code` says which refusal. */
export interface SandboxRefusal {
  readonly error: string;
  readonly code:
    | 'off'
    | 'busy'
    | 'no such task'
    | 'no such file'
    | 'bad request'
    | 'unreachable'
    | 'forbidden';
}
