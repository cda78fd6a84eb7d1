import type { AgentFlags, AgentSpec } from './cluster.ts';
import type { MasterFlags } from './master/flags.ts';

/** What the cluster process is told, as JSON in its only argument. */
export interface ClusterProcessOptions {
  readonly dataDir: string;
  readonly ip: string;
  readonly port: number;
  readonly agents?: readonly AgentSpec[];
  readonly masterFlags?: Partial<MasterFlags>;
  readonly agentFlags?: AgentFlags;
  /** How long it lives without a subscribed scheduler. */
  readonly idleMs: number;
}

/** How the process ends when another cluster has its directory: the launcher then waits for that one. */
export const LOCKED_EXIT_CODE = 75;
