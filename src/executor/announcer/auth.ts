import type { NodeAccess, ZooKeeperCredential } from '../../zookeeper/index.ts';

/** Who the announcer is in ZooKeeper, and who may touch what it makes. */
export interface AnnouncerAuth {
  readonly credentials: readonly ZooKeeperCredential[];
  readonly access: NodeAccess;
}

/** Without a file: nobody in particular, and everybody may do everything. */
export const NO_AUTH: AnnouncerAuth = { credentials: [], access: 'open' };
