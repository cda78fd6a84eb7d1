import type { Clock } from '../../base/clock.ts';
import { AuroraError } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { failureOf, type NodeAccess, persist, type ZooKeeperSession } from '../../zookeeper/index.ts';

/** Beside the election's own nodes, whose readers pass over it. */
const NODE = 'log_identity';

interface ClaimPlace {
  readonly session: ZooKeeperSession;
  readonly path: string;
  readonly access: NodeAccess;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const nodeOf = ({ path }: ClaimPlace) => `${path}/${NODE}`;

/** Without the right to it, trying again is no use. */
const persistent = <T>(place: ClaimPlace, run: () => Promise<T>): Promise<T> =>
  persist({ ...place, what: nodeOf(place), final: ['NO_AUTH', 'INVALID_ACL'], run });

/**
 * Refuses a log that is not the one of the leaders so far. Schedulers that elect a leader among them but keep their state
 * each in a directory of its own would otherwise take turns with different states.
 * @throws AuroraError CONFIG
 */
export const stateOwner = (place: ClaimPlace, identity: string): Promise<void> =>
  persistent(place, async () => {
    const owner = (await place.session.read(nodeOf(place)))?.data.toString();
    if (owner === undefined || owner === identity) return;
    throw new AuroraError(
      'CONFIG',
      'the state of this cluster is in another log than the one of this scheduler',
      {
        where: `${nodeOf(place)} in ZooKeeper names log ${owner}, ours is ${identity}`,
        next: 'give all schedulers the same -log=zk://..., or, to lead with the state of this one, remove that node',
      },
    );
  });

/** Makes the log of this scheduler, which was just elected, the one of the cluster, unless there is one. @throws AuroraError CONFIG */
export const claimState = (place: ClaimPlace, identity: string): Promise<void> =>
  persistent(place, async () => {
    const { session, path, access } = place;
    await session.makePath(path, access);
    try {
      await session.create(nodeOf(place), Buffer.from(identity), { access });
    } catch (error) {
      if (failureOf(error) !== 'NODE_EXISTS') throw error;
      await stateOwner(place, identity);
    }
  });
