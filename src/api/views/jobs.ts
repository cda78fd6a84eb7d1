import type { LastFailure } from './cluster.ts';
import type { QuotaRow } from './quota.ts';
import type { Listed, StatusCounts, WithToolLinks } from './shared.ts';

export type JobKind = 'service' | 'cron' | 'adhoc';

/** `jobs`: the jobs of a role or of one of its environments, with the role's quota. */
export interface JobsReply extends Listed<JobRow>, WithToolLinks {
  readonly role: string;
  readonly environment?: string;
  readonly environments: readonly string[];
  readonly quota: QuotaRow;
}

export interface JobRow {
  readonly environment: string;
  readonly name: string;
  readonly kind: JobKind;
  readonly tier: string;
  readonly production: boolean;
  /** The intended number of instances. */
  readonly instances: number;
  /** Numbers of active tasks. */
  readonly counts: StatusCounts;
  /** Ended tasks that are still stored. */
  readonly failed: number;
  readonly finished: number;
  readonly update?: { readonly id: string; readonly status: string };
  readonly nextRunMs?: number;
  readonly oldestPendingMs?: number;
  readonly changedMs: number;
  readonly failure?: LastFailure;
}
