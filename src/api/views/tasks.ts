import type { EndedTask } from './job.ts';
import type { FunnelShown } from './pending.ts';

/** `instance`: what an instance does, who is beside it, and what was there before. */
export interface InstanceReply {
  readonly job: string;
  readonly instance: number;
  readonly task?: TaskShown;
  readonly neighbours: readonly Neighbour[];
  readonly history: readonly EndedTask[];
}

/** `task`: one task, also one that has ended. */
export interface TaskReply {
  readonly job: string;
  readonly task: TaskShown;
}

export interface TaskShown {
  readonly taskId: string;
  readonly instance: number;
  readonly status: string;
  readonly active: boolean;
  readonly host?: string;
  readonly agentId?: string;
  readonly ports: Readonly<Record<string, number>>;
  /** Links of the configuration, filled in. */
  readonly links: Readonly<Record<string, string>>;
  readonly events: readonly TaskEventShown[];
  /** Of the configuration, in their order; empty for another executor than ours. */
  readonly processes: readonly ProcessShown[];
  readonly failures: number;
  readonly ancestorId?: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly waits?: { readonly reasons: readonly string[]; readonly funnel: FunnelShown };
}

export interface TaskEventShown {
  readonly status: string;
  readonly atMs: number;
  readonly message?: string;
  readonly scheduler?: string;
}

export interface ProcessShown {
  readonly name: string;
  readonly command: string;
  readonly traits: readonly string[];
}

/** Another active task on the host. */
export interface Neighbour {
  readonly job: string;
  readonly instance: number;
  readonly taskId: string;
  readonly status: string;
}
