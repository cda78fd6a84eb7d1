import type { NodeAccess, ZooKeeperCredential } from '../../zookeeper/index.ts';

/** The announcer's identity in ZooKeeper, and who may access the nodes that it creates. */
export interface AnnouncerAuth {
  readonly credentials: readonly ZooKeeperCredential[];
  readonly access: NodeAccess;
}

/** The default without a file: no identity, and nodes that are open to everyone. */
export const NO_AUTH: AnnouncerAuth = { credentials: [], access: 'open' };
