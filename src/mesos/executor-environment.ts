import { parseDurationMs } from '../base/amounts.ts';
import { AuroraError } from '../base/errors.ts';
import type { Target } from './http/target.ts';

/** How an executor proves itself to an agent that speaks https. Source: the LIBPROCESS_SSL_* variables that Mesos documents for SSL. */
export interface AgentTls {
  /** Paths of PEM files; `ca` may be a folder of them. Without it the system's authorities count. */
  readonly paths: {
    readonly ca: string | undefined;
    readonly own: { readonly certificate: string; readonly key: string } | undefined;
  };
  /** Whether the agent's certificate is checked; as in libprocess, it is not unless that is asked for. */
  readonly verify: boolean;
}

/** What an agent tells an executor through its environment. Source: golden/mesos facts 110, 111, 122. */
export interface ExecutorEnvironment {
  readonly frameworkId: string;
  readonly executorId: string;
  /** The agent's address: its Unix socket if it has one, else host and port. */
  readonly agent: Target;
  /** The path of the executor API on the agent. */
  readonly path: string;
  /** Whether the executor outlives a restart of its agent. */
  readonly checkpoint: boolean;
  /** How long the executor waits for a lost agent to return; default 15 minutes. */
  readonly recoveryTimeoutMs: number;
  /** The longest pause before it tries to reach the agent again; default 2 s. */
  readonly subscriptionBackoffMaxMs: number;
  /** Time from SHUTDOWN until the executor is killed; default 5 s. */
  readonly shutdownGraceMs: number;
  /** Set when the agent speaks https. */
  readonly tls: AgentTls | undefined;
  /** Bearer token for every request, when the agent authenticates executors. */
  readonly authenticationToken: string | undefined;
}

const PATH = '/api/v1/executor';

const durationOr = (text: string | undefined, otherwiseMs: number): number =>
  text === undefined || text === '' ? otherwiseMs : parseDurationMs(text);

const isOn = (text: string | undefined): boolean => text === '1' || text?.toLowerCase() === 'true';

/**
 * Reads libprocess' settings; a Unix socket is never encrypted. Agents of before Mesos 1.0 know the variables by the
 * shorter prefix only, and later ones still take it.
 * @throws AuroraError EXECUTOR when they are incomplete
 */
function agentTls(env: Record<string, string | undefined>): AgentTls | undefined {
  const prefix = ['LIBPROCESS_SSL_', 'SSL_'].find((each) => isOn(env[`${each}ENABLED`]));
  if (prefix === undefined || env.MESOS_DOMAIN_SOCKET) return undefined;
  const of = (name: string) => env[`${prefix}${name}`] || undefined;
  const [certificate, key] = [of('CERT_FILE'), of('KEY_FILE')];
  // Asking clients for certificates implies checking servers, too.
  const verify = ['VERIFY_SERVER_CERT', 'VERIFY_CERT', 'REQUIRE_CLIENT_CERT', 'REQUIRE_CERT'].some((name) =>
    isOn(of(name)),
  );
  if ((certificate === undefined) !== (key === undefined))
    throw new AuroraError('EXECUTOR', `${prefix}CERT_FILE and ${prefix}KEY_FILE belong together`);
  const own = certificate === undefined || key === undefined ? undefined : { certificate, key };
  return { paths: { ca: of('CA_FILE') ?? of('CA_DIR'), own }, verify };
}

/** Parses `slave(1)@10.0.0.7:5051`, `[::1]:5051` and the like; the part before @ is a path prefix on the agent. */
function parseAgent(text: string, variable: string): { target: Target; prefix: string } {
  const match = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
  const host = match?.[2] ?? match?.[3];
  if (!host) throw new AuroraError('EXECUTOR', `${variable} is "${text}", not the address of an agent`);
  return { target: { host, port: Number(match?.[4]) }, prefix: match?.[1] ? `/${match[1]}` : '' };
}

/**
 * Reads the environment of an executor. Removes the authentication token from `env`, so that the processes of the task
 * do not inherit it.
 * @throws AuroraError EXECUTOR when a variable is missing or malformed
 */
export function takeExecutorEnvironment(env: Record<string, string | undefined>): ExecutorEnvironment {
  const need = (name: string): string => {
    const value = env[name];
    if (value) return value;
    throw new AuroraError('EXECUTOR', `${name} is not set`, {
      next: 'this program is started by a Mesos agent, not by hand',
    });
  };
  const pid = env.MESOS_SLAVE_PID || undefined;
  const endpoint = env.MESOS_AGENT_ENDPOINT || undefined;
  const socketPath = env.MESOS_DOMAIN_SOCKET || undefined;
  const named = pid === undefined ? undefined : parseAgent(pid, 'MESOS_SLAVE_PID');
  const address = endpoint === undefined ? undefined : parseAgent(endpoint, 'MESOS_AGENT_ENDPOINT').target;
  const agent: Target = socketPath
    ? { socketPath }
    : (address ?? named?.target ?? { host: need('MESOS_AGENT_ENDPOINT'), port: 0 });
  const authenticationToken = env.MESOS_EXECUTOR_AUTHENTICATION_TOKEN || undefined;
  delete env.MESOS_EXECUTOR_AUTHENTICATION_TOKEN;
  return {
    frameworkId: need('MESOS_FRAMEWORK_ID'),
    executorId: need('MESOS_EXECUTOR_ID'),
    agent,
    // The agent's socket accepts only the prefixed path; over TCP the documented path is the one without a prefix.
    path: socketPath || address === undefined ? `${named?.prefix ?? ''}${PATH}` : PATH,
    checkpoint: env.MESOS_CHECKPOINT === '1',
    recoveryTimeoutMs: durationOr(env.MESOS_RECOVERY_TIMEOUT, 15 * 60_000),
    subscriptionBackoffMaxMs: durationOr(env.MESOS_SUBSCRIPTION_BACKOFF_MAX, 2_000),
    shutdownGraceMs: durationOr(env.MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD, 5_000),
    tls: agentTls(env),
    authenticationToken,
  };
}
