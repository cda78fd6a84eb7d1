import type { EndedTask } from './job.ts';
import type { Amounts, Listed, WithToolLinks } from './shared.ts';

/** `agents`: the machines, and their distribution over racks. */
export interface AgentsReply extends Listed<AgentRow> {
  readonly racks: readonly RackShown[];
}

export interface AgentRow {
  readonly host: string;
  readonly agentId: string;
  readonly mode: string;
  readonly rack?: string;
  readonly dedicated?: string;
  readonly tasks: number;
  /** Resources of its active tasks. */
  readonly used: Amounts;
  /** Offered and unused, as far as is known; absent when nothing was offered. */
  readonly free?: Amounts;
}

/** The most agents that are drawn as cells; of more, racks show only numbers, except the rack that is asked for. */
export const MOST_CELLS = 800;

/**
 * A rack: how many agents it has, how many active tasks these have, and how many of them are in maintenance; where
 * they are drawn, its hosts, each as [host, active tasks, mode, percent of its cores and memory in use or -1].
 */
export interface RackShown {
  readonly rack: string;
  readonly agents: number;
  readonly tasks: number;
  readonly out: number;
  readonly hosts?: readonly (readonly [host: string, tasks: number, mode: string, percent: number])[];
}

/** `agent`: one host. */
export interface AgentReply extends WithToolLinks {
  readonly row: AgentRow;
  readonly attributes: readonly (readonly [name: string, values: readonly string[]])[];
  readonly request?: { readonly sinceMs: number; readonly timeoutMs: number; readonly policy: string };
  readonly tasks: readonly HostTask[];
  readonly ended: readonly (EndedTask & { readonly job: string })[];
}

export interface HostTask {
  readonly job: string;
  readonly instance: number;
  readonly taskId: string;
  readonly status: string;
  readonly sinceMs: number;
  readonly used: Amounts;
  /** What delays the task's end on a host that is being drained. */
  readonly waitsFor?: string;
}

/** `maintenance`: hosts that are out of service or about to be. */
export interface MaintenanceReply {
  readonly hosts: readonly MaintainedHost[];
}

export interface MaintainedHost {
  readonly host: string;
  readonly mode: string;
  /** When it was requested; unknown for requests of earlier versions. */
  readonly sinceMs?: number;
  readonly deadlineMs?: number;
  readonly policy?: string;
  readonly tasks: readonly HostTask[];
}
