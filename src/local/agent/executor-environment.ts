import type { CommandInfo } from '../../mesos/index.ts';

/** What an executor is told through its environment. */
export interface EnvironmentFacts {
  readonly frameworkId: string;
  readonly executorId: string;
  readonly agentId: string;
  readonly ip: string;
  readonly port: number;
  readonly sandbox: string;
  readonly checkpoint: boolean;
  readonly shutdownGracePeriodMs: number;
  readonly recoveryTimeoutMs: number;
  /** Upper limit of the pause between two attempts to subscribe again. */
  readonly subscriptionBackoffMaxMs: number;
  readonly command: CommandInfo | undefined;
  /** Set for command tasks only. */
  readonly allocationRole: string | undefined;
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['weeks', 604_800_000],
  ['days', 86_400_000],
  ['hrs', 3_600_000],
  ['mins', 60_000],
  ['secs', 1_000],
  ['ms', 1],
];

/** Writes a duration as Mesos does: in the largest unit that needs no fraction, e.g. `15mins`. */
export function durationText(ms: number): string {
  for (const [name, unitMs] of UNITS) if (ms >= unitMs && ms % unitMs === 0) return `${ms / unitMs}${name}`;
  return ms === 0 ? '0ns' : `${ms}ms`;
}

/** PATH of executors, whatever the agent's own is. Source: Mesos' containerizer. */
const EXECUTOR_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The complete environment of an executor. Nothing of the agent's own environment is passed on, and variables of the
 * command take precedence. Source: Mesos' executorEnvironment, without the variables that name libmesos, as there is none.
 */
export function executorEnvironment(facts: EnvironmentFacts): Record<string, string> {
  const own: Record<string, string> = {
    LIBPROCESS_IP: facts.ip,
    LIBPROCESS_PORT: '0',
    MESOS_AGENT_ENDPOINT: `${facts.ip}:${facts.port}`,
    MESOS_CHECKPOINT: facts.checkpoint ? '1' : '0',
    MESOS_DIRECTORY: facts.sandbox,
    MESOS_EXECUTOR_ID: facts.executorId,
    MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: durationText(facts.shutdownGracePeriodMs),
    MESOS_FRAMEWORK_ID: facts.frameworkId,
    MESOS_HTTP_COMMAND_EXECUTOR: '0',
    MESOS_SANDBOX: facts.sandbox,
    MESOS_SLAVE_ID: facts.agentId,
    MESOS_SLAVE_PID: `slave(1)@${facts.ip}:${facts.port}`,
    PATH: EXECUTOR_PATH,
  };
  if (facts.allocationRole !== undefined) own.MESOS_ALLOCATION_ROLE = facts.allocationRole;
  if (facts.checkpoint) {
    own.MESOS_RECOVERY_TIMEOUT = durationText(facts.recoveryTimeoutMs);
    own.MESOS_SUBSCRIPTION_BACKOFF_MAX = durationText(facts.subscriptionBackoffMaxMs);
  }
  for (const { name, value } of facts.command?.environment?.variables ?? []) own[name] = value ?? '';
  return own;
}
