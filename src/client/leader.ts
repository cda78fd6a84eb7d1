import { AuroraError } from '../base/errors.ts';
import type { Cluster } from './clusters.ts';
import type { Session } from './session.ts';

/** The leading scheduler's address, from the members that announce themselves in ZooKeeper. */
export async function findLeader(_: Session, cluster: Cluster): Promise<string> {
  throw new AuroraError('CONFIG', `cluster ${cluster.name} is found through ZooKeeper`);
}
