/** How a job file is read. */
export interface LoadOptions {
  /** Values of `--bind NAME=VALUE`; bound to every job, and readable by `parameters`. */
  readonly binds?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds that evaluating the file may take; default 10000. */
  readonly timeLimitMs?: number | undefined;
}
