import type { ConfigShown } from './configs.ts';
import type { Listed } from './shared.ts';

/** `updates`: active updates and finished ones. */
export interface UpdatesReply extends Listed<UpdateRow> {
  readonly active: readonly UpdateRow[];
}

export interface UpdateRow {
  readonly job: string;
  readonly id: string;
  readonly status: string;
  readonly user: string;
  readonly message?: string;
  readonly createdMs: number;
  readonly modifiedMs: number;
  /** Instances that are as the update wants them, and all instances of the update. */
  readonly done: number;
  readonly total: number;
  readonly failed: number;
}

/** `update`: one update with its history. */
export interface UpdateReply {
  readonly row: UpdateRow;
  readonly settings: UpdateSettingsShown;
  readonly events: readonly UpdateEventShown[];
  /** In order of time, one list for each column; `action` and `message` are indices into the lists below. */
  readonly instanceEvents: {
    readonly instance: readonly number[];
    readonly atMs: readonly number[];
    readonly action: readonly number[];
    readonly message: readonly number[];
    readonly actions: readonly string[];
    readonly messages: readonly string[];
  };
  /** All instances of the update, by id. */
  readonly instances: readonly number[];
  readonly before: readonly ConfigShown[];
  readonly after?: ConfigShown;
  /** Other updates of the job whose version can be held against this one, the latest first. */
  readonly versions: readonly UpdateVersion[];
  /** What the update that was asked for as `with` brought. */
  readonly other?: ConfigShown;
  readonly metadata: readonly (readonly [key: string, value: string])[];
}

/** What an update brought, by what a person knows it by. */
export interface UpdateVersion {
  readonly id: string;
  readonly user: string;
  readonly message?: string;
  readonly createdMs: number;
}

export interface UpdateSettingsShown {
  readonly strategy: 'queue' | 'batch' | 'variable batch';
  readonly groupSizes: readonly number[];
  readonly autopause: boolean;
  readonly maxPerInstanceFailures: number;
  readonly maxFailedInstances: number;
  readonly minWaitMs: number;
  readonly rollback: boolean;
  readonly slaAware: boolean;
  readonly pulseMs?: number;
  readonly startTimeoutMs?: number;
}

export interface UpdateEventShown {
  readonly status: string;
  readonly atMs: number;
  readonly user?: string;
  readonly message?: string;
}
