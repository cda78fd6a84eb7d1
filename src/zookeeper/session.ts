/** A ZooKeeper session that outlives its connections, and is replaced by a new one when it is lost. */
import { ACL, type Acl, CreateMode, Id } from 'node-zookeeper-client';
import { failureOf } from './failure.ts';
import { keepSession } from './keep-session.ts';
import { type ChangeOp, sendMulti } from './multi.ts';
import type {
  Change,
  NodeAccess,
  NodeData,
  NodeKind,
  ZooKeeperSession,
  ZooKeeperSessionOptions,
} from './session-contract.ts';

const MODES: Readonly<Record<NodeKind, number>> = {
  persistent: CreateMode.PERSISTENT,
  'persistent-sequential': CreateMode.PERSISTENT_SEQUENTIAL,
  ephemeral: CreateMode.EPHEMERAL,
  'ephemeral-sequential': CreateMode.EPHEMERAL_SEQUENTIAL,
};
function aclsOf(access: NodeAccess): Acl[] {
  if (access === 'open') return ACL.OPEN_ACL_UNSAFE;
  if (access === 'creator-all-world-read') return [...ACL.CREATOR_ALL_ACL, ...ACL.READ_ACL_UNSAFE];
  return access.map(({ scheme, id, permissions }) => new ACL(permissions, new Id(scheme, id)));
}

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
