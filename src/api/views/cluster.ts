import type { Listed, StatusCounts } from './shared.ts';

/** `roles`: the cluster at a glance, and its roles. */
export interface RolesReply extends Listed<RoleRow> {
  readonly cluster: ClusterState;
}

export interface RoleRow {
  readonly role: string;
  readonly jobs: number;
  readonly crons: number;
  readonly running: number;
  readonly pending: number;
  readonly updating: number;
  /** Jobs of which a task failed or was lost in the last hour. */
  readonly failing: number;
}

export interface ClusterState {
  readonly tasks: StatusCounts;
  readonly jobs: number;
  readonly crons: number;
  readonly agents: AgentCounts;
  /** Configurations with pending tasks. */
  readonly pendingGroups: number;
  readonly updates: { readonly working: number; readonly halted: number };
  /** Jobs with failures in the last hour, the latest first; at most ten. */
  readonly failing: readonly FailingJob[];
  readonly failingTotal: number;
}

export interface AgentCounts {
  readonly known: number;
  readonly scheduled: number;
  readonly draining: number;
  readonly drained: number;
}

export interface FailingJob extends LastFailure {
  readonly job: string;
}

export interface LastFailure {
  readonly status: 'FAILED' | 'LOST';
  readonly atMs: number;
  readonly instance: number;
  readonly taskId: string;
  readonly message?: string;
}
