/** A principal that may use the scheduler API, and its secret. */
export interface MasterCredential {
  readonly principal: string;
  readonly secret: string;
}

/** Which principals may register in which roles; the first entry that names the principal decides. */
export interface RegisterAcl {
  /** Undefined means any principal. */
  readonly principals?: readonly string[];
  /** Undefined means none. */
  readonly roles?: readonly string[] | 'any';
}

/** Mesos' master flags of the same name; durations in milliseconds. */
export interface MasterFlags {
  readonly allocationIntervalMs: number;
  /** Undefined: offers do not time out. */
  readonly offerTimeoutMs?: number;
  readonly agentPingTimeoutMs: number;
  readonly maxAgentPingTimeouts: number;
  /** How long after the master's restart an agent may stay away before it counts as unreachable. */
  readonly agentReregisterTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly maxCompletedTasksPerFramework: number;
  readonly maxCompletedFrameworks: number;
  /** How many statuses of a living task are kept for /tasks. */
  readonly maxStatusesPerTask: number;
  /** If set, every scheduler call needs Basic credentials from this list. */
  readonly credentials?: readonly MasterCredential[];
  readonly registerFrameworks?: readonly RegisterAcl[];
  /** File in which the master remembers agents across its restarts; undefined: nothing is remembered. */
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
  maxStatusesPerTask: 100,
};

const UNITS = [
  ['weeks', 604_800_000],
  ['days', 86_400_000],
  ['hrs', 3_600_000],
  ['mins', 60_000],
  ['secs', 1_000],
] as const;

/** Writes a duration as Mesos does: in the largest unit that gives a whole number. */
function duration(ms: number): string {
  const unit = UNITS.find(([, size]) => ms >= size && ms % size === 0);
  return unit ? `${ms / unit[1]}${unit[0]}` : `${ms}ms`;
}

/** The flags as shown by /flags and /state. */
export const flagTexts = (flags: MasterFlags): Record<string, string> => ({
  agent_ping_timeout: duration(flags.agentPingTimeoutMs),
  agent_reregister_timeout: duration(flags.agentReregisterTimeoutMs),
  allocation_interval: duration(flags.allocationIntervalMs),
  authenticate_http_frameworks: String(flags.credentials !== undefined),
  max_agent_ping_timeouts: String(flags.maxAgentPingTimeouts),
  ...(flags.offerTimeoutMs === undefined ? {} : { offer_timeout: duration(flags.offerTimeoutMs) }),
  registry: flags.registryFile === undefined ? 'in_memory' : 'file',
});
