import type { CronRunShown } from './job.ts';
import type { Listed } from './shared.ts';

/** `cron`: jobs with a schedule, the next one to run first. */
export type CronReply = Listed<CronRow>;

export interface CronRow {
  readonly job: string;
  readonly schedule: string;
  readonly zone: string;
  readonly problem?: string;
  readonly collision: string;
  readonly nextMs?: number;
  readonly last?: CronRunShown;
  readonly missed: number;
  readonly running: number;
}
