import type { Listed } from './shared.ts';

/** `pending`: configurations whose tasks wait for a place, the longest wait first. */
export interface PendingReply extends Listed<PendingRow> {
  readonly tasks: number;
}

export interface PendingRow {
  readonly job: string;
  readonly instances: string;
  readonly count: number;
  readonly sinceMs: number;
  readonly penaltyMs: number;
  readonly reasons: readonly string[];
  /** Computed now. */
  readonly funnel: FunnelShown;
}

/** The outcome for every agent when a task looks for a place. */
export interface FunnelShown {
  readonly known: number;
  readonly offering: number;
  readonly fitting: number;
  readonly ruledOut: readonly RuledOutShown[];
  readonly nearest?: { readonly host: string; readonly lacks: readonly string[] };
}

export interface RuledOutShown {
  readonly kind: string;
  readonly agents: number;
  readonly reasons: Readonly<Record<string, number>>;
}
