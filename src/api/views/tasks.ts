import type { EndedTask } from './job.ts';
import type { FunnelShown } from './pending.ts';
import type { WithToolLinks } from './shared.ts';

/** `instance`: the task of an instance, the other tasks on its host, and its history. */
export interface InstanceReply extends WithToolLinks {
  readonly job: string;
  readonly instance: number;
  readonly task?: TaskShown;
  readonly neighbours: readonly Neighbour[];
  readonly history: readonly EndedTask[];
}

/** `task`: one task, which may have ended. */
export interface TaskReply extends WithToolLinks {
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
  /** Links of the configuration, with their references replaced. */
  readonly links: Readonly<Record<string, string>>;
  readonly events: readonly TaskEventShown[];
  /** Processes of the configuration, in order; empty for executors other than ours. */
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

/** Another active task on the same host. */
export interface Neighbour {
  readonly job: string;
  readonly instance: number;
  readonly taskId: string;
  readonly status: string;
}
