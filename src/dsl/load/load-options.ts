/** Options for reading a job file. */
export interface LoadOptions {
  /** Values of `--bind NAME=VALUE`; bound to every job, and readable by `parameters`. */
  readonly binds?: Readonly<Record<string, string>> | undefined;
  /** Time limit for evaluating the file, in milliseconds; default 10000. */
  readonly timeLimitMs?: number | undefined;
}
