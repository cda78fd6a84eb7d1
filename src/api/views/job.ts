import type { ConfigShown } from './configs.ts';
import type { JobRow } from './jobs.ts';
import type { FunnelShown } from './pending.ts';
import type { Listed, WithToolLinks } from './shared.ts';
import type { UpdateRow } from './updates.ts';

/** `job`: everything on a job's first screen. */
export interface JobReply extends WithToolLinks {
  readonly role: string;
  readonly row: JobRow;
  readonly owner?: string;
  readonly contact?: string;
  readonly instances: InstanceColumns;
  readonly configs: readonly ConfigShown[];
  /** Ended tasks, the latest first. */
  readonly ended: Listed<EndedTask>;
  /** The latest first, including one in progress. */
  readonly updates: readonly UpdateRow[];
  readonly updatesTotal: number;
  readonly cron?: CronShown;
  readonly waits: readonly WaitShown[];
  /** For a service: at least this percentage of the instances has been running for this long, milliseconds. */
  readonly uptimes: readonly (readonly [percent: number, ms: number])[];
  /** For a service: how much of it ran in the last day, as far as this leader saw it. */
  readonly running?: RunningShown;
}

/**
 * The share of a job's instances that ran, in percent and rounded down, every `stepMs` until `endMs`; -1 where it is not
 * known.
 */
export interface RunningShown {
  readonly endMs: number;
  readonly stepMs: number;
  readonly percents: readonly number[];
}

/**
 * The active instances by id, as one list for each column, because a job may have ten thousand. `host`, `state`,
 * `message` and `config` are indices into `hosts`, `states`, `messages` and JobReply.configs; -1 means none.
 */
export interface InstanceColumns {
  readonly id: readonly number[];
  readonly state: readonly number[];
  readonly sinceMs: readonly number[];
  readonly host: readonly number[];
  readonly config: readonly number[];
  readonly message: readonly number[];
  /** How often the instance's tasks have failed in a row. */
  readonly failures: readonly number[];
  readonly states: readonly string[];
  readonly hosts: readonly string[];
  readonly messages: readonly string[];
}

export interface EndedTask {
  readonly taskId: string;
  readonly instance: number;
  readonly status: string;
  readonly host?: string;
  /** When it began to run; absent when it never ran. */
  readonly ranMs?: number;
  readonly endedMs: number;
  readonly message?: string;
}

export interface CronShown {
  readonly schedule: string;
  readonly zone: string;
  readonly problem?: string;
  readonly collision: string;
  readonly nextMs: readonly number[];
  readonly runs: readonly CronRunShown[];
  readonly missed: number;
}

export interface CronRunShown {
  readonly outcome: string;
  readonly atMs: number;
  readonly user?: string;
  readonly reason?: string;
}

/** Pending tasks of one configuration. */
export interface WaitShown {
  readonly count: number;
  readonly sinceMs: number;
  readonly reasons: readonly string[];
  readonly funnel: FunnelShown;
}
