import type { ConfigFlags } from './job-config.ts';

/** How instances of a job are restarted. */
export interface RestartOptions {
  /** File whose job goes with the call, for hooks; it only has to load. */
  readonly configFile?: string | undefined;
  readonly config: ConfigFlags;
  readonly strict: boolean;
  /** Instances at a time, at least 1. */
  readonly batchSize: number;
  readonly maxTotalFailures: number;
  readonly maxPerInstanceFailures: number;
  /** How long an instance has to stay RUNNING. */
  readonly watchMs: number;
  readonly pollMs: number;
  /** A batch that is not RUNNING by then has failed; undefined waits for ever, as the original does. */
  readonly startTimeoutMs?: number | undefined;
  /** Each instance waits until the SLA policy of its job lets it go; needs a scheduler of ours. */
  readonly slaAware: boolean;
  /** Instances may be restarted by the scheduler, which goes on when this command ends. */
  readonly onScheduler: boolean;
  readonly openBrowser: boolean;
}
