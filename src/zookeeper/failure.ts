import { AuroraError } from '../base/errors.ts';

/**
 * Why a request failed. CONNECTION_LOSS: it may have been carried out all the same. Other names are those of ZooKeeper's
 * own protocol.
 */
export type FailureName =
  | 'CONNECTION_LOSS'
  | 'SESSION_EXPIRED'
  | 'AUTH_FAILED'
  | 'NO_AUTH'
  | 'NO_NODE'
  | 'NODE_EXISTS'
  | 'NOT_EMPTY'
  | 'BAD_VERSION'
  | (string & {});

/** The rejection of a request; `failureOf` gets the name back out. */
export const requestFailure = (name: FailureName, what: string, where?: string): AuroraError =>
  new AuroraError('ZOOKEEPER', `${what}: ${name}`, { where, cause: { failure: name } });

/** Name of the failure when the error is a failed ZooKeeper request, else undefined. */
export function failureOf(error: unknown): FailureName | undefined {
  if (!(error instanceof AuroraError) || error.code !== 'ZOOKEEPER') return undefined;
  const { failure } = (error.cause ?? {}) as { failure?: unknown };
  return typeof failure === 'string' ? failure : undefined;
}
