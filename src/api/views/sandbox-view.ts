/** The answers of `GET /api/view/files` and `GET /api/view/usage`. */

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

/** The resource usage of a task; undefined values are not measured there. */
export interface TaskUsage {
  /** Cores. */
  readonly cpu?: number | undefined;
  /** Processor time so far and when it was measured; two such values give a `cpu`. */
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
  /** Why the usage is unknown. */
  readonly problem?: string | undefined;
}

export interface UsageView {
  readonly tasks: readonly UsedByTask[];
}

/** The answer of a refused view; `code` is the kind of refusal. */
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
