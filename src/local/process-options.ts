import type { AgentFlags, AgentSpec } from './cluster.ts';
import type { MasterFlags } from './master/flags.ts';

/** The options of the cluster process, passed as JSON in its only argument. */
export interface ClusterProcessOptions {
  readonly dataDir: string;
  readonly ip: string;
  readonly port: number;
  readonly agents?: readonly AgentSpec[];
  readonly masterFlags?: Partial<MasterFlags>;
  readonly agentFlags?: AgentFlags;
  /** How long the process lives without a subscribed scheduler. */
  readonly idleMs: number;
}

/** Exit code when another cluster has the directory; the launcher then waits for that one. */
export const LOCKED_EXIT_CODE = 75;
