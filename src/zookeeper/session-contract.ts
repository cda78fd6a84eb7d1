/** The interface of a ZooKeeper session. */
import type { BackoffLimits } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Server } from './connect-string.ts';

/**
 * connecting: no session yet. connected: requests work. suspended: the connection is lost, the session may live on.
 * lost: the session is gone with all its ephemeral nodes; a new one is requested at once. closed: final, by `close` or
 * because the ensemble refused our credentials; in the latter case requests are rejected with AUTH_FAILED.
 */
export type SessionState = 'connecting' | 'connected' | 'suspended' | 'lost' | 'closed';

/** A credential that is sent to the server, for example `digest` and `user:password`. */
export interface ZooKeeperCredential {
  readonly scheme: string;
  readonly credential: string;
}

export interface ZooKeeperSessionOptions {
  readonly servers: readonly Server[];
  /** Prefix of every path; default none. */
  readonly chroot?: string | undefined;
  /** `user:password`. */
  readonly digest?: string | undefined;
  /** Additional credentials. */
  readonly credentials?: readonly ZooKeeperCredential[] | undefined;
  /** Default 15 s; the server may grant another one. */
  readonly sessionTimeoutMs?: number | undefined;
  /** Limit for each server, from opening the connection to the end of the handshake; default 10 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** Pauses between attempts to connect; default 200 ms to 5 s. */
  readonly backoff?: BackoffLimits | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export interface NodeData {
  readonly data: Buffer;
  readonly version: number;
  /** The session whose end removes the node, as `ZooKeeperSession.id`; undefined for a persistent node. */
  readonly owner: string | undefined;
}

export type NodeKind = 'persistent' | 'persistent-sequential' | 'ephemeral' | 'ephemeral-sequential';

/** One line of an access list. */
export interface AccessEntry {
  readonly scheme: string;
  readonly id: string;
  /** Sum of 1 read, 2 write, 4 create, 8 delete, 16 administer; not 0. */
  readonly permissions: number;
}

/** Access to a node: anyone may do everything; the creator everything and the world read; or a list, not empty. */
export type NodeAccess = 'open' | 'creator-all-world-read' | readonly AccessEntry[];

/** One change of a `multi`. A missing version matches any. Access and kind are as in `create`. */
export type Change =
  | {
      readonly create: string;
      readonly data: Uint8Array;
      readonly kind?: NodeKind | undefined;
      readonly access?: NodeAccess | undefined;
    }
  | { readonly check: string; readonly version: number }
  | { readonly write: string; readonly data: Uint8Array; readonly version?: number | undefined }
  | { readonly remove: string; readonly version?: number | undefined };

/**
 * Requests are sent while `connected` and otherwise rejected with CONNECTION_LOSS; see `failureOf` for other causes. A
 * watch is called once, at a change. It ends silently with its connection, so listen to `onState`, too, or use watch.ts.
 */
export interface ZooKeeperSession {
  state(): SessionState;
  /** Calls the listener at every change of state until the returned function is called; states already left are skipped. */
  onState(listener: (state: SessionState) => void): () => void;
  /** Id of the session in hexadecimal; undefined while there is none. */
  id(): string | undefined;
  /**
   * Until when no server can have given the session up, on the monotonic clock; -Infinity when there is no session.
   * Unlike `state` it is right even in a process that was stopped for a while and has not noticed yet.
   */
  aliveUntilMs(): number;
  /** Returns the path that was created, with its number when sequential. */
  create(
    path: string,
    data: Uint8Array,
    options?: { readonly kind?: NodeKind; readonly access?: NodeAccess },
  ): Promise<string>;
  /** Creates the missing nodes of a path, as persistent ones. */
  makePath(path: string, access?: NodeAccess): Promise<void>;
  /** Undefined when there is no such node. */
  read(path: string, onChange?: () => void): Promise<NodeData | undefined>;
  /** Returns names without the path, in no order; undefined when there is no such node. */
  children(path: string, onChange?: () => void): Promise<string[] | undefined>;
  /** Whether the node exists; the watch is also called when it is created. */
  exists(path: string, onChange?: () => void): Promise<boolean>;
  /**
   * Returns the node's new version.
   * @param version -1, the default, matches any
   */
  write(path: string, data: Uint8Array, version?: number): Promise<number>;
  /**
   * Carries out all changes in order, or none, in one packet of at most a megabyte (else BAD_ARGUMENTS). Rejects with
   * the failure of the change that failed; after CONNECTION_LOSS all or none may have been carried out. Sent at once,
   * without waiting for the answers to earlier requests; answers come in the order of sending.
   */
  multi(changes: readonly Change[]): Promise<void>;
  /** Does nothing when there is no such node. */
  remove(path: string, version?: number): Promise<void>;
  /** Ends the session; if connected, its ephemeral nodes are removed at once. Leaves nothing open. */
  close(): Promise<void>;
}
