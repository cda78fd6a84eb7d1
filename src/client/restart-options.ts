import type { ConfigFlags } from './job-config.ts';

/** How instances of a job are restarted. */
export interface RestartOptions {
  /** The file whose job is passed to hooks; it must load, but its content has no other effect. */
  readonly configFile?: string | undefined;
  readonly config: ConfigFlags;
  readonly strict: boolean;
  /** The number of instances restarted at a time, at least 1. */
  readonly batchSize: number;
  readonly maxTotalFailures: number;
  readonly maxPerInstanceFailures: number;
  /** How long an instance must stay RUNNING. */
  readonly watchMs: number;
  readonly pollMs: number;
  /** An instance that is not RUNNING by then has failed. Undefined waits for ever, like the original. */
  readonly startTimeoutMs?: number | undefined;
  /** Each instance waits until its job's SLA policy allows the restart. Only our scheduler can do this. */
  readonly slaAware: boolean;
  /** Let the scheduler do the restart if it can; it goes on even when this command ends. */
  readonly onScheduler: boolean;
  readonly openBrowser: boolean;
}
