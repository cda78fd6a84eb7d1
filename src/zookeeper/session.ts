/** A ZooKeeper session that outlives its connections, and is replaced by a new one when it is lost. */
import { ACL, CreateMode } from 'node-zookeeper-client';
import type { BackoffLimits } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Server } from './connect-string.ts';
import { failureOf } from './failure.ts';
import { keepSession } from './keep-session.ts';
import { type ChangeOp, sendMulti } from './multi.ts';

/**
 * connecting: no session yet. connected: requests work. suspended: the connection is gone, the session may still live.
 * lost: the session is gone with everything ephemeral; a new one is asked for at once. closed: for good, by `close` or
 * because the ensemble refused our credentials; requests are rejected with AUTH_FAILED then.
 */
export type SessionState = 'connecting' | 'connected' | 'suspended' | 'lost' | 'closed';

export interface ZooKeeperSessionOptions {
  readonly servers: readonly Server[];
  /** Put in front of every path; default none. */
  readonly chroot?: string | undefined;
  /** `user:password`. */
  readonly digest?: string | undefined;
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

/** Who may do what: anyone everything, or the creator everything and the world read. */
export type NodeAccess = 'open' | 'creator-all-world-read';

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

const MODES: Readonly<Record<NodeKind, number>> = {
  persistent: CreateMode.PERSISTENT,
  'persistent-sequential': CreateMode.PERSISTENT_SEQUENTIAL,
  ephemeral: CreateMode.EPHEMERAL,
  'ephemeral-sequential': CreateMode.EPHEMERAL_SEQUENTIAL,
};
const aclsOf = (access: NodeAccess) =>
  access === 'open' ? ACL.OPEN_ACL_UNSAFE : [...ACL.CREATOR_ALL_ACL, ...ACL.READ_ACL_UNSAFE];

const ownerOf = (id: Buffer): string | undefined => (id.some(Boolean) ? id.toString('hex') : undefined);

/** `undefined` instead of a NO_NODE failure. */
const unlessAbsent = async <T>(request: Promise<T>): Promise<T | undefined> => {
  try {
    return await request;
  } catch (error) {
    if (failureOf(error) === 'NO_NODE') return undefined;
    throw error;
  }
};

/** Opens a session and keeps it; servers are tried in random order. */
export function openSession(options: ZooKeeperSessionOptions): ZooKeeperSession {
  const { request, ...kept } = keepSession(options);
  const chroot = (options.chroot ?? '').replace(/\/+$/, '');
  const full = (path: string) => (path === '/' ? chroot || '/' : chroot + path);
  const relative = (path: string) => path.slice(chroot.length);

  const opOf = (change: Change): ChangeOp => {
    if ('create' in change)
      return {
        kind: 'create',
        path: full(change.create),
        data: change.data,
        acls: aclsOf(change.access ?? 'open'),
        mode: MODES[change.kind ?? 'persistent'],
      };
    if ('check' in change) return { kind: 'check', path: full(change.check), version: change.version };
    const version = change.version ?? -1;
    if ('write' in change) return { kind: 'write', path: full(change.write), data: change.data, version };
    return { kind: 'remove', path: full(change.remove), version };
  };

  const session: ZooKeeperSession = {
    ...kept,
    async create(path, data, { kind = 'persistent', access = 'open' } = {}) {
      const made = await request<string>(`create ${path}`, (client, done) =>
        client.create(full(path), Buffer.from(data), aclsOf(access), MODES[kind], done),
      );
      return relative(made);
    },
    async makePath(path, access = 'open') {
      const parts = path.split('/').filter(Boolean);
      for (let depth = 1; depth <= parts.length; depth++) {
        const part = `/${parts.slice(0, depth).join('/')}`;
        if (await session.exists(part)) continue;
        await session.create(part, Buffer.alloc(0), { access }).catch((error) => {
          if (failureOf(error) !== 'NODE_EXISTS') throw error;
        });
      }
    },
    read: (path, onChange) =>
      unlessAbsent(
        request<NodeData>(`read ${path}`, (client, done, live) =>
          client.getData(full(path), live(onChange), (error, data, stat) =>
            error
              ? done(error)
              : done(null, {
                  data: data ?? Buffer.alloc(0),
                  version: stat.version,
                  owner: ownerOf(stat.ephemeralOwner),
                }),
          ),
        ),
      ),
    children: (path, onChange) =>
      unlessAbsent(
        request<string[]>(`list ${path}`, (client, done, live) =>
          client.getChildren(full(path), live(onChange), done),
        ),
      ),
    async exists(path, onChange) {
      return request<boolean>(`look for ${path}`, (client, done, live) =>
        client.exists(full(path), live(onChange), (error, stat) => done(error, Boolean(stat))),
      );
    },
    write: (path, data, version = -1) =>
      request<number>(`write ${path}`, (client, done) =>
        client.setData(full(path), Buffer.from(data), version, (error, stat) =>
          error ? done(error) : done(null, stat.version),
        ),
      ),
    async multi(changes) {
      if (changes.length === 0) return;
      await request<void>('changes', (client, done) => sendMulti(client, changes.map(opOf), done));
    },
    async remove(path, version = -1) {
      await unlessAbsent(
        request(`remove ${path}`, (client, done) => client.remove(full(path), version, done)),
      );
    },
  };
  return session;
}
