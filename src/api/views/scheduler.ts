/** `scheduler`: the answering process. */
export interface SchedulerReply {
  readonly cluster: string;
  readonly version?: string;
  readonly state: string;
  readonly address: string;
  readonly startedMs: number;
  readonly frameworkId?: string;
  readonly log: { readonly writes: number; readonly snapshots: number; readonly bytes?: number };
  readonly tasks: number;
  /** Names of the backups, the latest first. */
  readonly backups: readonly { readonly name: string; readonly takenMs?: number }[];
  readonly restored?: { readonly backup: string; readonly takenMs: number; readonly restoredMs: number };
}
