/** What a ZooKeeper session is to those who use it. */
import type { BackoffLimits } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Server } from './connect-string.ts';

/**
 * connecting: no session yet. connected: requests work. suspended: the connection is gone, the session may still live.
 * lost: the session is gone with everything ephemeral; a new one is asked for at once. closed: for good, by `close` or
 * because the ensemble refused our credentials; requests are rejected with AUTH_FAILED then.
 */
export type SessionState = 'connecting' | 'connected' | 'suspended' | 'lost' | 'closed';

/** What a server is told about us, for example `digest` and `user:password`. */
export interface ZooKeeperCredential {
  readonly scheme: string;
  readonly credential: string;
}

export interface ZooKeeperSessionOptions {
  readonly servers: readonly Server[];
  /** Put in front of every path; default none. */
  readonly chroot?: string | undefined;
  /** `user:password`. */
  readonly digest?: string | undefined;
  /** Further credentials. */
  readonly credentials?: readonly ZooKeeperCredential[] | undefined;
  /** Default 15 s; the server may grant another one. */
  readonly sessionTimeoutMs?: number | undefined;
  /** From opening a connection to the end of the handshake, for each server; default 10 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** Between attempts to connect; default 200 ms to 5 s. */
  readonly backoff?: BackoffLimits | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export interface NodeData {
  readonly data: Buffer;
  readonly version: number;
  /** Id of the session that the node goes with, as `Session.id`; undefined for one that stays. */
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

/** Who may do what: anyone everything, the creator everything and the world read, or a list that is not empty. */
export type NodeAccess = 'open' | 'creator-all-world-read' | readonly AccessEntry[];

/** One change of a `multi`; a version left out is any. Access and kind as in `create`. */
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
 * Requests are sent when `connected` and rejected with CONNECTION_LOSS otherwise; see `failureOf` for the other causes.
 * A watch is told once, at a change; it ends with the connection without being told, so hear `onState`, or use watch.ts.
 */
export interface ZooKeeperSession {
  state(): SessionState;
  /** Hears every change of state until the returned function is called; not one that is no longer the present state. */
  onState(listener: (state: SessionState) => void): () => void;
  /** Id of the session in hexadecimal; undefined while there is none. */
  id(): string | undefined;
  /**
   * Until when, on the monotonic clock, no server can have given the session up; -Infinity when there is none. Sure even
   * in a process that was stopped for a while and does not know it yet, which `state` is not.
   */
  aliveUntilMs(): number;
  /** The path that was made, with its number when sequential. */
  create(
    path: string,
    data: Uint8Array,
    options?: { readonly kind?: NodeKind; readonly access?: NodeAccess },
  ): Promise<string>;
  /** Makes the persistent nodes of a path that are missing. */
  makePath(path: string, access?: NodeAccess): Promise<void>;
  /** Undefined when there is no such node. */
  read(path: string, onChange?: () => void): Promise<NodeData | undefined>;
  /** Names without the path, in no order; undefined when there is no such node. */
  children(path: string, onChange?: () => void): Promise<string[] | undefined>;
  /** Whether the node is there; the watch hears of its coming, too. */
  exists(path: string, onChange?: () => void): Promise<boolean>;
  /**
   * The node's new version.
   * @param version -1, the default, for any.
   */
  write(path: string, data: Uint8Array, version?: number): Promise<number>;
  /**
   * Carries out all changes, in order, or none, in one packet of at most a megabyte (else BAD_ARGUMENTS). Rejects with the
   * failure of the change that failed; after CONNECTION_LOSS all or none of them may have been carried out. Sent at once,
   * behind earlier requests and without waiting for their answers; answers come in the order of sending.
   */
  multi(changes: readonly Change[]): Promise<void>;
  /** Does nothing when there is no such node. */
  remove(path: string, version?: number): Promise<void>;
  /** Ends the session; when connected, its ephemeral nodes go at once. Leaves nothing open. */
  close(): Promise<void>;
}
