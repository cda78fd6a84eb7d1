/** A principal that may speak to the scheduler API, and its secret. */
export interface MasterCredential {
  readonly principal: string;
  readonly secret: string;
}

/** Who may register in which roles; the first entry that names the principal decides. */
export interface RegisterAcl {
  /** Absent: any principal. */
  readonly principals?: readonly string[];
  /** Absent: none. */
  readonly roles?: readonly string[] | 'any';
}

/** Mesos' master flags of the same name; durations in milliseconds. */
export interface MasterFlags {
  readonly allocationIntervalMs: number;
  /** Absent: offers do not time out. */
  readonly offerTimeoutMs?: number;
  readonly agentPingTimeoutMs: number;
  readonly maxAgentPingTimeouts: number;
  /** How long after a restart of the master an agent may stay away before it counts as unreachable. */
  readonly agentReregisterTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly maxCompletedTasksPerFramework: number;
  readonly maxCompletedFrameworks: number;
  /** When set, every scheduler call needs Basic credentials out of this list. */
  readonly credentials?: readonly MasterCredential[];
  readonly registerFrameworks?: readonly RegisterAcl[];
  /** File that remembers agents over a restart of the master; absent: nothing is remembered. */
  readonly registryFile?: string;
}

/** Mesos' defaults. */
export const defaultMasterFlags: MasterFlags = {
  allocationIntervalMs: 1_000,
  agentPingTimeoutMs: 15_000,
  maxAgentPingTimeouts: 5,
  agentReregisterTimeoutMs: 600_000,
  heartbeatIntervalMs: 15_000,
  maxCompletedTasksPerFramework: 1_000,
  maxCompletedFrameworks: 50,
};

const seconds = (ms: number): string => `${ms / 1000}secs`;

/** As /flags and /state show them. */
export const flagTexts = (flags: MasterFlags): Record<string, string> => ({
  agent_ping_timeout: seconds(flags.agentPingTimeoutMs),
  agent_reregister_timeout: seconds(flags.agentReregisterTimeoutMs),
  allocation_interval: seconds(flags.allocationIntervalMs),
  authenticate_http_frameworks: String(flags.credentials !== undefined),
  max_agent_ping_timeouts: String(flags.maxAgentPingTimeouts),
  ...(flags.offerTimeoutMs === undefined ? {} : { offer_timeout: seconds(flags.offerTimeoutMs) }),
  registry: flags.registryFile === undefined ? 'in_memory' : 'file',
});
