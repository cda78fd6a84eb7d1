import { AuroraError } from '../base/errors.ts';

/** Error codes of the protocol. Source: org.apache.zookeeper.KeeperException.Code of ZooKeeper 3.9. */
const NAMES = {
  '-1': 'SYSTEM_ERROR',
  '-2': 'RUNTIME_INCONSISTENCY',
  '-3': 'DATA_INCONSISTENCY',
  '-4': 'CONNECTION_LOSS',
  '-5': 'MARSHALLING_ERROR',
  '-6': 'UNIMPLEMENTED',
  '-7': 'OPERATION_TIMEOUT',
  '-8': 'BAD_ARGUMENTS',
  '-13': 'NEW_CONFIG_NO_QUORUM',
  '-14': 'RECONFIG_IN_PROGRESS',
  '-100': 'API_ERROR',
  '-101': 'NO_NODE',
  '-102': 'NO_AUTH',
  '-103': 'BAD_VERSION',
  '-108': 'NO_CHILDREN_FOR_EPHEMERALS',
  '-110': 'NODE_EXISTS',
  '-111': 'NOT_EMPTY',
  '-112': 'SESSION_EXPIRED',
  '-113': 'INVALID_CALLBACK',
  '-114': 'INVALID_ACL',
  '-115': 'AUTH_FAILED',
  '-118': 'SESSION_MOVED',
  '-119': 'NOT_READONLY',
  '-120': 'EPHEMERAL_ON_LOCAL_SESSION',
  '-121': 'NO_WATCHER',
  '-122': 'REQUEST_TIMEOUT',
  '-123': 'RECONFIG_DISABLED',
  '-124': 'SESSION_CLOSED_REQUIRE_SASL_AUTH',
  '-125': 'QUOTA_EXCEEDED',
  '-127': 'THROTTLED_OP',
} as const;

/**
 * Why a request failed. CONNECTION_LOSS: the request may have been carried out all the same. AUTH_FAILED: the ensemble
 * refused our credentials and the session is closed. The other names are those of ZooKeeper's protocol.
 */
export type FailureName = (typeof NAMES)[keyof typeof NAMES] | (string & {});

/** The name of an error code of the protocol; `CODE_<n>` for one that we do not know. */
export const failureNameOf = (code: number): FailureName =>
  NAMES[String(code) as keyof typeof NAMES] ?? `CODE_${code}`;

/** The rejection of a request; `failureOf` returns the name again. */
export const requestFailure = (name: FailureName, what: string, where?: string): AuroraError =>
  new AuroraError('ZOOKEEPER', `${what}: ${name}`, { where, cause: { failure: name } });

/** Name of the failure when the error is a failed ZooKeeper request, else undefined. */
export function failureOf(error: unknown): FailureName | undefined {
  if (!(error instanceof AuroraError) || error.code !== 'ZOOKEEPER') return undefined;
  const { failure } = (error.cause ?? {}) as { failure?: unknown };
  return typeof failure === 'string' ? failure : undefined;
}

/** Whether a removal failed only because it is not needed: the node is gone or goes with the expired session. */
export const isGoneAnyway = (error: unknown): boolean =>
  ['SESSION_EXPIRED', 'NO_NODE'].includes(failureOf(error) ?? '');
